import { sqlTime, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { ClaimRef, TaskStatus } from "../types.ts";
import { renew } from "./claim.ts";
import { refuseOpenGates } from "./sop.ts";
import { TO_PENDING } from "./task.ts";

/** The ways in which a claim begins its work and ends. Each proves the claim first. */

export function startTask(sql: Sql, clock: Clock, claim: ClaimRef): void {
  renew(sql, clock, claim);
  sql.run("UPDATE tasks SET status = 'in_progress', started_at = COALESCE(started_at, ?) WHERE id = ?", [sqlTime(clock), claim.id]);
}

export function completeTask(sql: Sql, clock: Clock, claim: ClaimRef): void {
  renew(sql, clock, claim);
  refuseOpenGates(sql, claim.id);
  sql.run("UPDATE tasks SET status = 'done', completed_at = ? WHERE id = ?", [sqlTime(clock), claim.id]);
}

/** Fails the task, or with `retry` gives it back while retries are left. Returns the status it got. */
export function failTask(sql: Sql, clock: Clock, claim: ClaimRef, error: string, retry: boolean): TaskStatus {
  renew(sql, clock, claim);
  if (retry) {
    const row = sql.get(
      `UPDATE tasks SET ${TO_PENDING}, retry_count = retry_count + 1, last_error = ?
       WHERE id = ? AND retry_count < max_retries RETURNING id`, [error, claim.id],
    );
    if (row !== undefined) return "pending";
  }
  sql.run("UPDATE tasks SET status = 'failed', last_error = ?, completed_at = ? WHERE id = ?", [error, sqlTime(clock), claim.id]);
  return "failed";
}

/** Gives the task back as if it had not been claimed: no retry is spent. */
export function releaseTask(sql: Sql, clock: Clock, claim: ClaimRef): void {
  renew(sql, clock, claim);
  sql.run(`UPDATE tasks SET ${TO_PENDING} WHERE id = ?`, [claim.id]);
}
