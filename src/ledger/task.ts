import { invalid, ProgressDbError } from "../errors.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { SopItemRow, StepRow, Task, TaskFilter, TaskRow } from "../types.ts";

/** Reading tasks. */

export const TASK_COLUMNS: string = "id, seq, priority, goal, payload, status, worker_id, claim_token, claimed_at, started_at, "
  + "completed_at, created_at, updated_at, retry_count, max_retries, last_error, parent_task_id, source";
const STEP_COLUMNS = "id, task_id, seq, title, detail, status, evidence, worker_id, started_at, completed_at";
const SOP_COLUMNS = "id, task_id, key, description, required, done_at, done_by, note";

/** A claim in hand whose last heartbeat is before the bound instant. Compared as instants: claims come in two formats. */
export const IS_STALE = "status IN ('claimed', 'in_progress') AND unixepoch(claimed_at) < ?";

/** SQL that takes a task out of its worker's hands. */
export const TO_PENDING: string = "status = 'pending', worker_id = NULL, claim_token = NULL, claimed_at = NULL, started_at = NULL";

export function getTask(sql: Sql, id: string): Task {
  const row = sql.get<TaskRow>(`SELECT ${TASK_COLUMNS} FROM tasks WHERE id = ?`, [id]);
  if (row === undefined) throw noTask(id);
  return withParts(sql, row);
}

/** The row with its steps and SOP items. */
export function withParts<Row extends TaskRow>(sql: Sql, row: Row): Row & Task {
  return {
    ...row,
    steps: sql.all<StepRow>(`SELECT ${STEP_COLUMNS} FROM steps WHERE task_id = ? ORDER BY seq`, [row.id]),
    sop_items: sql.all<SopItemRow>(`SELECT ${SOP_COLUMNS} FROM sop_checklist WHERE task_id = ? ORDER BY rowid`, [row.id]),
  };
}

const ORDERS: Readonly<Record<NonNullable<TaskFilter["orderBy"]>, string>> = {
  created: "rowid",
  updated: "unixepoch(updated_at)",
  priority: "priority",
  seq: "seq",
  status: "status",
  worker: "worker_id",
  retries: "retry_count",
};

/** Rows in the order of their creation unless told otherwise. `staleBefore` is in seconds since 1970. */
export function listTasks(sql: Sql, filter: TaskFilter, staleBefore: number | undefined): TaskRow[] {
  const conditions: string[] = [];
  const parameters: (string | number)[] = [];
  const where = (condition: string, ...values: (string | number)[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (filter.status !== undefined) {
    const statuses = [filter.status].flat();
    where(`status IN (${statuses.map(() => "?").join(", ")})`, ...statuses);
  }
  if (filter.workerId !== undefined) where("worker_id = ?", filter.workerId);
  if (filter.parentTaskId !== undefined) where("parent_task_id = ?", filter.parentTaskId);
  if (filter.source !== undefined) where("source = ?", filter.source);
  if (filter.text !== undefined) {
    where("(instr(lower(goal), lower(?)) OR instr(lower(payload), lower(?)) OR instr(lower(last_error), lower(?)) OR instr(id, ?))",
      filter.text, filter.text, filter.text, filter.text);
  }
  if (staleBefore !== undefined) where(IS_STALE, staleBefore);
  const { orderBy = "created", descending = false } = filter;
  if (filter.after !== undefined) {
    if (orderBy !== "created" || descending) throw invalid("filter.after", "goes with the order of creation only");
    const after = sql.get<{ rowid: number }>("SELECT rowid FROM tasks WHERE id = ?", [filter.after]);
    if (after === undefined) throw invalid("filter.after", `there is no task ${filter.after}`);
    where("rowid > ?", after.rowid);
  }
  const clause = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const order = [ORDERS[orderBy], ...(orderBy === "created" ? [] : ["rowid"])].map((each) => each + (descending ? " DESC" : "")).join(", ");
  return sql.all<TaskRow>(`SELECT ${TASK_COLUMNS} FROM tasks ${clause} ORDER BY ${order} LIMIT ?`, [...parameters, filter.limit ?? -1]);
}

export function noTask(id: string): ProgressDbError {
  return new ProgressDbError("NOT_FOUND", `there is no task ${id}`, {
    hint: "listTasks shows what there is",
    details: { id },
  });
}
