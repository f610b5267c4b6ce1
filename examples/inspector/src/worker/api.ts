import { SCHEMA_VERSION, type ProgressDb } from "hive-progress-db/browser";
import type { Grid, OpenInfo, WorkerApi } from "../shared/protocol.ts";
import { parseTime } from "../shared/time.ts";
import { counts, statusHistory, throughput, type Census } from "./census.ts";
import { compare } from "./changes.ts";
import { explain, integrity, runQuery } from "./console.ts";
import { writeRows } from "./exports.ts";
import { lanes } from "./lanes.ts";
import { openColony, wholeFile, type Opened } from "./opening.ts";
import { attention, doneWithOpenGate, facts } from "./overview.ts";
import { Tables } from "./tables.ts";
import { ancestors, longText, taskDetail } from "./task.ts";
import { Tasks } from "./tasks.ts";
import { Walk } from "./walk.ts";

/** What the page can ask, on the one database that is open. */

/** Nodes of a tree given at once. */
const TREE_CAP = 1000;

interface Colony extends Opened {
  tasks: Tasks;
  tables: Tables;
  walk: Walk;
}

let colony: Colony | undefined;
/** The clock of the ledger's own questions: each sets it to the moment it is asked for. */
let now = Date.now();
/** What the last two looks found, for `changes`. */
let before: Census | undefined;
let latest: Census | undefined;

function the(): Colony {
  if (colony === undefined) throw Object.assign(new Error("no database is open"), { code: "CLOSED", hint: "pick one" });
  colony.assertSame();
  return colony;
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
    for (const each of [colony?.db, colony?.aside, colony?.ledger]) await each?.close();
    before = isAgain ? (latest ?? before) : undefined;
    latest = undefined;
    const walk = new Walk(opened.db, opened.aside);
    colony = { ...opened, walk, tasks: new Tasks(opened.db, walk), tables: new Tables(opened.db) };
    return describe(source.from === "url" ? source.name : source.files.name, opened, started);
  },
  async remember() {
    latest = await the().walk.census();
  },
  async changes() {
    const { db, walk } = the();
    latest = await walk.census();
    return before === undefined ? { byStatus: {}, added: 0, changed: 0, ids: [] } : compare(db, before, latest);
  },
  counts: async () => counts(await the().walk.census()),
  async attention(staleMinutes, asOf) {
    const { db, walk } = the();
    return attention(db, await walk.census(), { staleMinutes, asOf });
  },
  async doneWithOpenGate() {
    const { db, walk } = the();
    return doneWithOpenGate(db, await walk.census(), await walk.gates());
  },
  async facts() {
    const { db, walk } = the();
    return facts(db, await walk.census(), await walk.gates());
  },
  async eta(asOf) {
    await the().walk.steps(); // Its index lies all over the file: what needs attention goes before.
    return ledgerAt(asOf).getEta();
  },
  throughput: async (minutes, asOf) => throughput(await the().walk.census(), minutes, asOf),
  statusHistory: async () => statusHistory(await the().walk.census()),
  steps: async () => (await the().walk.steps()).summary(),
  failures: () => ledgerAt(now).getFailures({ sample: 3 }),
  async selectFailures(signature) {
    const group = (await ledgerAt(now).getFailures({ sample: 1_000_000 })).find((each) => each.signature === signature);
    return the().tasks.selectIds(group?.ids ?? []);
  },
  workers: (asOf) => ledgerAt(asOf).getWorkers(),
  async lanes(minutes, worker, asOf) {
    const { db, walk } = the();
    return lanes(db, await walk.census(), minutes, worker, asOf);
  },
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
  // From status to status, so that the index answers: it ends with the latest time of each.
  const last = ledger === undefined ? [] : await db.all<{ at: string | null }>(`
    WITH RECURSIVE each(status) AS (
      SELECT min(status) FROM tasks UNION ALL SELECT (SELECT min(status) FROM tasks WHERE status > each.status) FROM each WHERE each.status IS NOT NULL)
    SELECT (SELECT max(updated_at) FROM tasks WHERE status = each.status) AS at FROM each WHERE each.status IS NOT NULL`);
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
