import { sqlTime, type Clock } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import { randomId } from "../ids.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { Claim, ClaimRef, TaskRow } from "../types.ts";
import { noTask, TASK_COLUMNS, withParts } from "./task.ts";

/** Taking a task in hand, keeping it, and proving that one still has it. */

const TAKE = `
  UPDATE tasks SET status = 'claimed', worker_id = ?, claim_token = ?, claimed_at = ?, updated_at = ?`;
const NEXT = `${TAKE}
  WHERE id = (SELECT id FROM tasks WHERE status = 'pending' ORDER BY priority DESC, seq, created_at LIMIT 1)
  RETURNING ${TASK_COLUMNS}`;
const BY_ID = `${TAKE} WHERE id = ? AND status = 'pending' RETURNING ${TASK_COLUMNS}`;
const RENEW = `
  UPDATE tasks SET claimed_at = ?, updated_at = ?
  WHERE id = ? AND claim_token = ? AND status IN ('claimed', 'in_progress')
  RETURNING worker_id`;

/** Claims the next pending task, by `priority DESC, seq, created_at`. */
export function claimNext(sql: Sql, clock: Clock, workerId: string): Claim | null {
  const now = sqlTime(clock);
  return asClaim(sql, sql.get<TaskRow>(NEXT, [workerId, randomId(), now, now]));
}

/** Claims one task; `null` when it is not pending. */
export function claimById(sql: Sql, clock: Clock, workerId: string, id: string): Claim | null {
  const now = sqlTime(clock);
  const row = sql.get<TaskRow>(BY_ID, [workerId, randomId(), now, now, id]);
  if (row === undefined && sql.get("SELECT 1 FROM tasks WHERE id = ?", [id]) === undefined) throw noTask(id);
  return asClaim(sql, row);
}

/** Claims up to `limit` pending tasks. */
export function claimBatch(sql: Sql, clock: Clock, workerId: string, limit: number): Claim[] {
  const claims: Claim[] = [];
  while (claims.length < limit) {
    const claim = claimNext(sql, clock, workerId);
    if (claim === null) break;
    claims.push(claim);
  }
  return claims;
}

/**
 * Proves the claim and renews it: whatever a worker does about its task is a sign
 * of life. Returns the worker's id. Throws CLAIM_LOST, before anything is written,
 * when the token is no longer the task's.
 */
export function renew(sql: Sql, clock: Clock, claim: ClaimRef): string {
  const now = sqlTime(clock);
  const row = sql.get<{ worker_id: string | null }>(RENEW, [now, now, claim.id, claim.claim_token]);
  if (row === undefined) throw claimLost(sql, claim);
  return row.worker_id ?? "";
}

function claimLost(sql: Sql, claim: ClaimRef): ProgressDbError {
  const now = sql.get<Pick<TaskRow, "status" | "worker_id">>("SELECT status, worker_id FROM tasks WHERE id = ?", [claim.id]);
  if (now === undefined) return noTask(claim.id);
  const holder = now.worker_id === null ? "" : `, worker ${now.worker_id}`;
  return new ProgressDbError("CLAIM_LOST", `task ${claim.id} is no longer in your hands: it is ${now.status}${holder}`, {
    hint: "stop working on it, write nothing more about it, and claim the next task",
    details: { id: claim.id, status: now.status, workerId: now.worker_id },
  });
}

function asClaim(sql: Sql, row: TaskRow | undefined): Claim | null {
  return row === undefined ? null : (withParts(sql, row) as Claim);
}
