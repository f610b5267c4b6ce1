import type { OpenInfo, WorkerApi } from "../shared/protocol.ts";
import { parseTime } from "../shared/time.ts";
import { compare, takeSnapshot, type Snapshot } from "./changes.ts";
import { explain, runQuery } from "./console.ts";
import { openColony, type Opened } from "./opening.ts";
import { Tables } from "./tables.ts";
import { longText, taskDetail } from "./task.ts";
import { Tasks } from "./tasks.ts";

/** What the page can ask, on the one database that is open. */

interface Colony extends Opened {
  tasks: Tasks;
  tables: Tables;
}

let colony: Colony | undefined;
let asOf = Date.now();
let before: Snapshot | undefined;
let snapshot: Snapshot | undefined;

function the(): Colony {
  if (colony === undefined) throw Object.assign(new Error("no database is open"), { code: "CLOSED", hint: "pick one" });
  return colony;
}

export const api: Partial<WorkerApi> = {
  async open(source, isAgain) {
    const started = performance.now();
    const opened = await openColony(source, () => asOf);
    await colony?.db.close();
    await colony?.ledger?.close();
    before = isAgain ? snapshot : undefined;
    snapshot = undefined;
    colony = { ...opened, tasks: new Tasks(opened.db), tables: new Tables(opened.db) };
    return describe(source.from === "url" ? source.name : source.files.name, opened, started);
  },
  async changes() {
    const after = await takeSnapshot(the().db);
    snapshot = after;
    return before === undefined ? { byStatus: {}, added: 0, changed: 0, ids: [] } : compare(the().db, before, after);
  },
  async counts() {
    const rows = await the().db.all<{ status: string; tasks: number }>("SELECT status, count(*) AS tasks FROM tasks GROUP BY status");
    snapshot ??= await takeSnapshot(the().db);
    return { total: rows.reduce((sum, { tasks }) => sum + tasks, 0), byStatus: Object.fromEntries(rows.map(({ status, tasks }) => [status, tasks])) };
  },
  select: (filter, sort, staleMinutes, now) => the().tasks.select(filter, sort, { staleMinutes, asOf: now }),
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
};

async function describe(name: string, { db, ledger, size, sidecar }: Opened, started: number): Promise<OpenInfo> {
  const meta = ledger === undefined ? [] : await db.all<OpenInfo["meta"][number]>("SELECT key, value, updated_at FROM colony_meta ORDER BY key").catch(() => []);
  // By status, so that the index answers: it ends with the latest time of each.
  const last = ledger === undefined ? [] : await db.all<{ at: string | null }>("SELECT max(updated_at) AS at FROM tasks GROUP BY status");
  const times = last.map(({ at }) => parseTime(at)).filter((each) => each !== undefined);
  return {
    name, size, sidecar, meta,
    isLedger: ledger !== undefined,
    userVersion: (await db.get<{ user_version: number }>("PRAGMA user_version"))?.user_version ?? 0,
    lastWrite: times.length === 0 ? null : Math.max(...times),
    openedInMs: performance.now() - started,
  };
}
