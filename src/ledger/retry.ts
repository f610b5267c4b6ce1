import { sqlTime, type Clock } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { TaskRow, TaskStatus } from "../types.ts";
import { errorSignature, TELLING_ERROR } from "./error-signature.ts";
import { noTask, TO_PENDING } from "./task.ts";

/** What a queen or an operator does about tasks without holding their claims. */

export interface RetryOptions {
  /** Which failed tasks. Default: all of them. */
  ids?: readonly string[] | undefined;
  /** Only those with this signature, as `getFailures` gives it, or with this text in their error. */
  error?: string | undefined;
  /** Counts their retries from 0 again. Default: one more try, after which their retries are spent as they were. */
  resetRetries?: boolean | undefined;
}

/** Gives failed tasks back to the queue, all or none; their `last_error` stays. Returns their ids. */
export function retryTasks(sql: Sql, clock: Clock, { ids, error, resetRetries = false }: RetryOptions): string[] {
  for (const id of ids ?? []) refuseUnless(sql, id, ["failed"], "retried");
  const wanted = ids === undefined ? undefined : new Set(ids);
  const chosen = sql.all<{ id: string; error: string | null; contains: number }>(
    `SELECT id, ${TELLING_ERROR} AS error, instr(lower(COALESCE(last_error, '')), lower(?)) AS contains
     FROM tasks WHERE status = 'failed' ORDER BY rowid`, [error ?? ""],
  ).filter((row) => wanted === undefined || wanted.has(row.id))
    .filter((row) => error === undefined || row.contains > 0 || errorSignature(row.error) === error)
    .map(({ id }) => id);
  const now = sqlTime(clock);
  for (const id of chosen) {
    sql.run(`UPDATE tasks SET ${TO_PENDING}, completed_at = NULL, retry_count = CASE WHEN ? THEN 0 ELSE retry_count END, updated_at = ? WHERE id = ?`,
      [resetRetries, now, id]);
  }
  return chosen;
}

/** Takes tasks out of their workers' hands, all or none; no retry is spent. Whoever held them gets CLAIM_LOST. */
export function revokeClaims(sql: Sql, clock: Clock, ids: readonly string[]): void {
  for (const id of ids) refuseUnless(sql, id, ["claimed", "in_progress"], "released");
  const now = sqlTime(clock);
  for (const id of ids) sql.run(`UPDATE tasks SET ${TO_PENDING}, updated_at = ? WHERE id = ?`, [now, id]);
}

function refuseUnless(sql: Sql, id: string, statuses: readonly TaskStatus[], verb: string): void {
  const row = sql.get<Pick<TaskRow, "status">>("SELECT status FROM tasks WHERE id = ?", [id]);
  if (row === undefined) throw noTask(id);
  if (statuses.includes(row.status)) return;
  throw new ProgressDbError("INVALID_INPUT", `task ${id} cannot be ${verb}: it is ${row.status}, not ${statuses.join(" or ")}`, {
    hint: "nothing was changed: leave it out and try again",
    details: { id, status: row.status },
  });
}
