import { SCHEMA_VERSION, type ProgressDb } from "hive-progress-db/browser";
import type { Grid, OpenInfo, WorkerApi } from "../shared/protocol.ts";
import { parseTime } from "../shared/time.ts";
import { lifetime, statusHistory } from "./census.ts";
import { compare, snapshotOf, takeSnapshot, type Snapshot } from "./changes.ts";
import { explain, integrity, runQuery } from "./console.ts";
import { writeRows } from "./exports.ts";
import { lanes } from "./lanes.ts";
import { openColony, wholeFile, type Opened } from "./opening.ts";
import { attention, facts } from "./overview.ts";
import { Tables } from "./tables.ts";
import { ancestors, longText, taskDetail } from "./task.ts";
import { Tasks } from "./tasks.ts";
import { walk, type Walk } from "./walk.ts";

/** What the page can ask, on the one database that is open. */

/** Stretches a chart of throughput is cut into. */
const BUCKETS = 60;
/** Nodes of a tree given at once. */
const TREE_CAP = 1000;

interface Colony extends Opened {
  tasks: Tasks;
  tables: Tables;
  walk?: Promise<Walk>;
}

let colony: Colony | undefined;
/** The clock of the ledger's own questions: each sets it to the moment it is asked for. */
let now = Date.now();
let before: Snapshot | undefined;
let snapshot: Snapshot | undefined;

function the(): Colony {
  if (colony === undefined) throw Object.assign(new Error("no database is open"), { code: "CLOSED", hint: "pick one" });
  return colony;
}

/** Begun when it is first asked for: SQL and raw tables do without. */
function walked(): Promise<Walk> {
  const open = the();
  return (open.walk ??= walk(open.db));
}

function ledgerAt(asOf: number): ProgressDb {
  now = asOf;
  const { ledger } = the();
  if (ledger === undefined) throw Object.assign(new Error("there is no ledger in this database"), { code: "NOT_FOUND", hint: "look at its tables" });
  return ledger;
}

export const api: WorkerApi = {
  async open(source, isAgain) {
    const started = performance.now();
    const opened = await openColony(source, () => now);
    await colony?.db.close();
    await colony?.ledger?.close();
    before = isAgain ? (snapshot ?? before) : undefined;
    snapshot = undefined;
    colony = { ...opened, tasks: new Tasks(opened.db), tables: new Tables(opened.db) };
    return describe(source.from === "url" ? source.name : source.files.name, opened, started);
  },
  async remember() {
    const open = the();
    snapshot ??= open.walk === undefined ? await takeSnapshot(open.db) : snapshotOf((await open.walk).census);
  },
  async changes() {
    snapshot = await takeSnapshot(the().db);
    return before === undefined ? { byStatus: {}, added: 0, changed: 0, ids: [] } : compare(the().db, before, snapshot);
  },
  async counts() {
    const rows = await the().db.all<{ status: string; tasks: number }>("SELECT status, count(*) AS tasks FROM tasks GROUP BY status");
    return { total: rows.reduce((sum, { tasks }) => sum + tasks, 0), byStatus: Object.fromEntries(rows.map(({ status, tasks }) => [status, tasks])) };
  },
  attention: async (staleMinutes, asOf) => attention(the().db, await walked(), { staleMinutes, asOf }),
  facts: async () => facts(the().db, await walked()),
  eta: (asOf) => ledgerAt(asOf).getEta(),
  async throughput(minutes, asOf) {
    if (minutes !== null) return ledgerAt(asOf).getThroughput({ windowMinutes: minutes, buckets: BUCKETS });
    const life = lifetime((await walked()).census) ?? { from: asOf - 60_000, to: asOf };
    const windowMinutes = Math.max(1, Math.ceil((life.to - life.from) / 60_000));
    return ledgerAt(life.to).getThroughput({ windowMinutes, buckets: BUCKETS });
  },
  statusHistory: async () => statusHistory((await walked()).census),
  steps: async () => (await walked()).steps.summary(),
  failures: () => ledgerAt(now).getFailures({ sample: 3 }),
  async selectFailures(signature) {
    const group = (await ledgerAt(now).getFailures({ sample: 1_000_000 })).find((each) => each.signature === signature);
    return the().tasks.selectIds(group?.ids ?? []);
  },
  workers: (asOf) => ledgerAt(asOf).getWorkers(),
  lanes: async (minutes, worker, asOf) => lanes(the().db, (await walked()).census, minutes, worker, asOf),
  tree: (id) => ledgerAt(now).getTree(id === null ? { depth: 0, limit: TREE_CAP } : { id, depth: 1, limit: TREE_CAP }),
  ancestors: (id) => ancestors(the().db, id),
  health: (staleAfterMinutes, asOf) => ledgerAt(asOf).getHealth({ staleAfterMinutes, sample: 20 }),
  integrity: (isFull) => integrity(the().db, isFull),
  select: (filter, sort, staleMinutes, asOf) => the().tasks.select(filter, sort, { staleMinutes, asOf }),
  rows: (token, from, to) => the().tasks.rows(token, from, to),
  place: (token, id) => the().tasks.place(token, id),
  async workerIds() {
    return (await the().db.all<{ id: string }>("SELECT DISTINCT worker_id AS id FROM tasks WHERE worker_id IS NOT NULL ORDER BY 1 LIMIT 500")).map(({ id }) => id);
  },
  task: (id) => taskDetail(the().db, id),
  text: (table, column, id, from, length) => longText(the().db, table, column, id, from, length),
  query: (sql) => runQuery(the().db, sql),
  plan: (sql) => explain(the().db, sql),
  tables: () => the().tables.list(),
  selectTable: (table, sort) => the().tables.select(table, sort),
  tableRows: (token, from, to) => the().tables.rows(token, from, to),
  exportRows: (what, format, withBom) => writeRows(rowsOf(what), format, withBom),
  async exportTask(id) {
    const parts = [["task", "tasks", "id", ""], ["steps", "steps", "task_id", "ORDER BY seq"], ["sop_items", "sop_checklist", "task_id", "ORDER BY rowid"]] as const;
    const texts: string[] = [];
    for (const [name, table, key, order] of parts) {
      const part = await writeRows(once(await the().db.grid(`SELECT * FROM ${table} WHERE ${key} = ? ${order}`, [id])), "json", false);
      texts.push(`${JSON.stringify(name)}: ${(await part.text()).trim()}`);
    }
    return new Blob([`{${texts.join(",\n")}}\n`], { type: "application/json" });
  },
  saveDatabase: async () => wholeFile(the()),
};

/** Of a selection, a query or a table: a few hundred rows at a time. */
async function* rowsOf(what: Parameters<WorkerApi["exportRows"]>[0]): AsyncGenerator<Grid> {
  const { db, tasks, tables } = the();
  if ("sql" in what) yield await db.grid(what.sql);
  else if ("table" in what) yield* tables.allRows((await tables.select(what.table, what.sort)).token);
  else yield* tasks.allRows(what.token);
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

async function describe(name: string, { db, ledger, size, sidecar }: Opened, started: number): Promise<OpenInfo> {
  const meta = ledger === undefined ? [] : await db.all<OpenInfo["meta"][number]>("SELECT key, value, updated_at FROM colony_meta ORDER BY key").catch(() => []);
  // By status, so that the index answers: it ends with the latest time of each.
  const last = ledger === undefined ? [] : await db.all<{ at: string | null }>("SELECT max(updated_at) AS at FROM tasks GROUP BY status");
  const times = last.map(({ at }) => parseTime(at)).filter((each) => each !== undefined);
  const userVersion = (await db.get<{ user_version: number }>("PRAGMA user_version"))?.user_version ?? 0;
  return {
    name, size, sidecar, meta, userVersion,
    isLedger: ledger !== undefined,
    isNewer: ledger !== undefined && userVersion > SCHEMA_VERSION,
    lastWrite: times.length === 0 ? null : Math.max(...times),
    openedInMs: performance.now() - started,
  };
}
