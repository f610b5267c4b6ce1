import { sqlTime, unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { IS_STALE } from "./task.ts";

/** A claim without a heartbeat for longer than this is stale: Hive's own figure. */
export const STALE_AFTER_MINUTES = 15;

/** The instant before which a heartbeat is too old, in seconds since 1970. */
export function staleBefore(clock: Clock, minutes: number): number {
  return unixSeconds(clock) - minutes * 60;
}

/** Fails stale claims whose retries are spent and gives the others back. Returns how many were given back. */
export function reclaimStale(sql: Sql, clock: Clock, staleAfterMinutes: number): number {
  const before = staleBefore(clock, staleAfterMinutes);
  const now = sqlTime(clock);
  sql.run(
    `UPDATE tasks SET status = 'failed', last_error = COALESCE(last_error, 'exceeded max_retries after stale claim'),
       completed_at = ?, updated_at = ?
     WHERE retry_count >= max_retries AND ${IS_STALE}`, [now, now, before],
  );
  return sql.run(
    `UPDATE tasks SET status = 'pending', worker_id = NULL, claim_token = NULL, claimed_at = NULL, started_at = NULL,
       retry_count = retry_count + 1, updated_at = ?
     WHERE retry_count < max_retries AND ${IS_STALE}`, [now, before],
  );
}
