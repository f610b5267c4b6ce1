import { parseFilter } from "../shared/filter.ts";
import type { Grid, Selection, TaskSummary } from "../shared/protocol.ts";
import type { Database, Rowids } from "./database.ts";
import { whereOf, type Moment } from "./filter-sql.ts";
import { Selections } from "./selections.ts";
import type { Walk } from "./walk.ts";

/** The task table: lists of rowids, and the rows in a window. */

/** What the table can be sorted by; times as instants, since they come in two formats. */
const SORTS: Readonly<Record<string, string>> = {
  status: "CASE status WHEN 'failed' THEN 0 WHEN 'in_progress' THEN 1 WHEN 'claimed' THEN 2 WHEN 'pending' THEN 3 WHEN 'done' THEN 4 ELSE 5 END",
  priority: "priority",
  seq: "seq",
  goal: "goal COLLATE NOCASE",
  worker: "worker_id",
  retries: "retry_count",
  created: "unixepoch(created_at)",
  claimed: "unixepoch(claimed_at)",
  completed: "unixepoch(completed_at)",
  updated: "unixepoch(updated_at)",
  source: "source",
};

/** Rows read at a time for an export. */
const EXPORTED_AT_ONCE = 500;

/** The order in which workers get them, then the rest: what a table without a sort shows. */
const QUEUE_ORDER = "priority DESC, seq, unixepoch(created_at), rowid";

const SUMMARY = `
  tasks.rowid AS rowid, tasks.id, status, priority, seq, substr(goal, 1, 300) AS goal, worker_id,
  retry_count, max_retries, created_at, claimed_at, updated_at, completed_at, source, parent_task_id,
  substr(last_error, 1, 300) AS last_error`;

/** Until the walk has counted them. */
const PARTS = `
  (SELECT count(*) FROM steps WHERE task_id = tasks.id) AS steps,
  (SELECT count(*) FROM steps WHERE task_id = tasks.id AND status IN ('done', 'skipped')) AS steps_done,
  (SELECT count(*) FROM sop_checklist WHERE task_id = tasks.id) AS gates,
  (SELECT count(*) FROM sop_checklist WHERE task_id = tasks.id AND done_at IS NOT NULL) AS gates_done,
  (SELECT count(*) FROM sop_checklist WHERE task_id = tasks.id AND required <> 0 AND done_at IS NULL) AS gates_open_required`;

export class Tasks {
  readonly #db: Database;
  readonly #walk: Walk;
  readonly #selections = new Selections<"tasks">();

  constructor(db: Database, walk: Walk) {
    [this.#db, this.#walk] = [db, walk];
  }

  /** `sort` is a name of `SORTS`, with `-` before it for descending, or empty. */
  async select(filter: string, sort: string, moment: Moment): Promise<Selection> {
    const started = performance.now();
    const { sql, parameters } = await whereOf(parseFilter(filter), moment, this.#walk);
    // The table is in the cache, in order; an index is neither.
    const rowids = await this.#db.rowids(`SELECT rowid FROM tasks NOT INDEXED ${sql} ORDER BY ${order(sort)}`, parameters);
    return { token: this.#selections.add("tasks", rowids), count: rowids.length, ms: performance.now() - started };
  }

  /** A list of the tasks with these ids, in their order. */
  async selectIds(ids: readonly string[]): Promise<Selection> {
    const started = performance.now();
    const rowids = await this.#db.rowids("SELECT tasks.rowid FROM json_each(?) AS wanted JOIN tasks ON tasks.id = wanted.value ORDER BY wanted.key", [JSON.stringify(ids)]);
    return { token: this.#selections.add("tasks", rowids), count: rowids.length, ms: performance.now() - started };
  }

  async rows(token: number, from: number, to: number): Promise<TaskSummary[]> {
    const counted = this.#walk.counted();
    const rows = await this.#db.all<TaskSummary>(
      `SELECT ${SUMMARY}${counted === undefined ? `, ${PARTS}` : ""} FROM json_each(?) AS wanted JOIN tasks ON tasks.rowid = wanted.value ORDER BY wanted.key`,
      [this.#selections.json(token, from, to)],
    );
    return counted === undefined ? rows : rows.map((row) => ({ ...row, ...counted.parts.of(counted.census.place(Number(row.rowid))) }));
  }

  /** All rows of a list, with all their columns, a few hundred at a time. */
  async *allRows(token: number): AsyncGenerator<Grid> {
    const { rowids } = this.#selections.get(token);
    for (let at = 0; at === 0 || at < rowids.length; at += EXPORTED_AT_ONCE) {
      yield await this.#db.grid(
        "SELECT tasks.* FROM json_each(?) AS wanted JOIN tasks ON tasks.rowid = wanted.value ORDER BY wanted.key",
        [this.#selections.json(token, at, at + EXPORTED_AT_ONCE)],
      );
    }
  }

  /** Where in a list a task is, -1 when it is not, and its neighbours there. */
  async place(token: number, id: string): Promise<{ id: string; index: number; previous: string | null; next: string | null }> {
    const rowid = (await this.#db.get<{ rowid: number | bigint }>("SELECT rowid FROM tasks WHERE id = ?", [id]))?.rowid;
    const { rowids } = this.#selections.get(token);
    const index = rowid === undefined ? -1 : indexOf(rowids, rowid);
    const idAt = async (at: number): Promise<string | null> =>
      (await this.#db.get<{ id: string }>("SELECT id FROM tasks WHERE rowid = ?", [rowids[at] ?? null]))?.id ?? null;
    return { id, index, previous: index > 0 ? await idAt(index - 1) : null, next: index >= 0 ? await idAt(index + 1) : null };
  }
}

function order(sort: string): string {
  const name = sort.replace(/^-/, "");
  const expression = SORTS[name];
  if (expression === undefined) return QUEUE_ORDER;
  return `${expression} ${sort.startsWith("-") ? "DESC" : "ASC"} NULLS LAST, rowid`;
}

function indexOf(rowids: Rowids, rowid: number | bigint): number {
  return rowids instanceof BigInt64Array ? rowids.indexOf(BigInt(rowid)) : rowids.indexOf(Number(rowid));
}
