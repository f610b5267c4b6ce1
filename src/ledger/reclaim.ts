import { sqlTime, unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { IS_STALE, TO_PENDING } from "./task.ts";

/** A claim without a heartbeat for longer than this is stale: Hive's own figure. */
export const STALE_AFTER_MINUTES = 15;

/** The instant before which a heartbeat is too old, in seconds since 1970. */
export function staleBefore(clock: Clock, minutes: number): number {
  return unixSeconds(clock) - minutes * 60;
}

/** Ids of tasks whose stale claims were dealt with. */
export interface Reclaimed {
  /** Given back to the queue. */
  returned: string[];
  /** Failed, since their retries are spent. */
  failed: string[];
}

/** Fails stale claims whose retries are spent and gives the others back. */
export function reclaimClaims(sql: Sql, clock: Clock, staleAfterMinutes: number): Reclaimed {
  const before = staleBefore(clock, staleAfterMinutes);
  const now = sqlTime(clock);
  const failed = sql.all<{ id: string }>(
    `UPDATE tasks SET status = 'failed', last_error = COALESCE(last_error, 'exceeded max_retries after stale claim'),
       completed_at = ?, updated_at = ?
     WHERE retry_count >= max_retries AND ${IS_STALE} RETURNING id`, [now, now, before],
  );
  const returned = sql.all<{ id: string }>(
    `UPDATE tasks SET ${TO_PENDING}, retry_count = retry_count + 1, updated_at = ?
     WHERE retry_count < max_retries AND ${IS_STALE} RETURNING id`, [now, before],
  );
  return { returned: returned.map(({ id }) => id), failed: failed.map(({ id }) => id) };
}

/** The same; returns how many were given back. */
export function reclaimStale(sql: Sql, clock: Clock, staleAfterMinutes: number): number {
  return reclaimClaims(sql, clock, staleAfterMinutes).returned.length;
}
