import { isoOfUnix, unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";

/** When the queue will be empty if the work goes on at its recent rate. */
export interface Eta {
  /** Tasks not yet done or failed. */
  remaining: number;
  /** Tasks finished (done or failed) in the window. */
  finished: number;
  /** The stretch the rate is taken from; shorter than looked for when the work began within it. */
  windowMinutes: number;
  perMinute: number;
  /** `null` when nothing was finished in the last day. 0 when nothing remains. */
  secondsLeft: number | null;
  /** ISO 8601. */
  emptyAt: string | null;
}

/** Windows tried in turn, minutes: the first in which enough was finished to speak of a rate. */
const WINDOWS = [5, 15, 60, 6 * 60, 24 * 60] as const;
const ENOUGH = 10;

/** From the shortest of 5, 15, 60, 360 and 1440 minutes in which 10 tasks were finished, or else the longest. */
export function getEta(sql: Sql, clock: Clock): Eta {
  const now = unixSeconds(clock);
  const remaining = sql.get<{ n: number }>("SELECT COUNT(*) AS n FROM tasks WHERE status IN ('pending', 'claimed', 'in_progress')")?.n ?? 0;
  const since = (minutes: number): number => now - minutes * 60;
  const counts = sql.get<Record<string, number | null>>(
    `SELECT ${WINDOWS.map((minutes) => `SUM(at >= ${since(minutes)}) AS w${minutes}`).join(", ")},
       MIN(begun) AS begun
     FROM (
       SELECT unixepoch(completed_at) AS at, unixepoch(COALESCE(started_at, created_at)) AS begun FROM tasks
       WHERE status IN ('done', 'failed') AND updated_at >= date(${since(WINDOWS.at(-1)!)}, 'unixepoch')
     ) WHERE at BETWEEN ${since(WINDOWS.at(-1)!)} AND ${now}`,
  );
  const finishedIn = (minutes: number): number => counts?.[`w${minutes}`] ?? 0;
  const looked = WINDOWS.find((minutes) => finishedIn(minutes) >= ENOUGH) ?? WINDOWS.at(-1)!;
  const finished = finishedIn(looked);
  const begun = Math.max(since(looked), counts?.["begun"] ?? 0);
  const windowMinutes = Math.max(1, now - begun) / 60;
  const perMinute = finished / windowMinutes;
  const secondsLeft = remaining === 0 ? 0 : finished === 0 ? null : Math.ceil((remaining / perMinute) * 60);
  return {
    remaining,
    finished,
    windowMinutes: finished === 0 ? looked : windowMinutes,
    perMinute,
    secondsLeft,
    emptyAt: secondsLeft === null ? null : isoOfUnix(now + secondsLeft),
  };
}
