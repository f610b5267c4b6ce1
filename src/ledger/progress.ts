import { isoOfUnix, unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { Progress, TaskStatus } from "../types.ts";
import { STALE_AFTER_MINUTES, staleBefore } from "./reclaim.ts";
import { IS_STALE } from "./task.ts";

const WINDOW_MINUTES = 15;

export function getProgress(sql: Sql, clock: Clock): Progress {
  const byStatus: Record<TaskStatus, number> = { pending: 0, claimed: 0, in_progress: 0, done: 0, failed: 0 };
  let total = 0;
  let updatedAt: number | null = null;
  for (const row of sql.all<{ status: TaskStatus; tasks: number; updated_at: number | null }>(
    "SELECT status, COUNT(*) AS tasks, MAX(unixepoch(updated_at)) AS updated_at FROM tasks GROUP BY status",
  )) {
    byStatus[row.status] = row.tasks;
    total += row.tasks;
    if (row.updated_at !== null && row.updated_at > (updatedAt ?? -Infinity)) updatedAt = row.updated_at;
  }
  return {
    total,
    byStatus,
    steps: stepCounts(sql),
    // CROSS keeps the order: from the unfinished tasks to their gates, each by its index.
    openGates: count(sql, `
      SELECT COUNT(*) AS n FROM tasks CROSS JOIN sop_checklist ON task_id = tasks.id
      WHERE status IN ('pending', 'claimed', 'in_progress') AND required <> 0 AND done_at IS NULL`, []),
    stale: count(sql, `SELECT COUNT(*) AS n FROM tasks WHERE ${IS_STALE}`, [staleBefore(clock, STALE_AFTER_MINUTES)]),
    rate: {
      done: finishedRecently(sql, clock, "done") / WINDOW_MINUTES,
      failed: finishedRecently(sql, clock, "failed") / WINDOW_MINUTES,
      windowMinutes: WINDOW_MINUTES,
    },
    updatedAt: updatedAt === null ? null : isoOfUnix(updatedAt),
  };
}

function stepCounts(sql: Sql): { total: number; done: number } {
  return sql.get<{ total: number; done: number }>(
    "SELECT COUNT(*) AS total, COUNT(*) FILTER (WHERE status = 'done') AS done FROM steps",
  ) ?? { total: 0, done: 0 };
}

/** By `updated_at`, which the index holds: a plain date sorts before every time of that day in both formats. */
function finishedRecently(sql: Sql, clock: Clock, status: TaskStatus): number {
  const since = unixSeconds(clock) - WINDOW_MINUTES * 60;
  return count(sql, `
    SELECT COUNT(*) AS n FROM tasks
    WHERE status = ? AND updated_at >= date(?, 'unixepoch') AND unixepoch(completed_at) >= ?`, [status, since, since]);
}

function count(sql: Sql, query: string, parameters: readonly (string | number)[]): number {
  return sql.get<{ n: number }>(query, parameters)?.n ?? 0;
}
