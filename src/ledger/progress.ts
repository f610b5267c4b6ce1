import { isoOfUnix, unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { Progress, TaskStatus } from "../types.ts";
import { STALE_AFTER_MINUTES, staleBefore } from "./reclaim.ts";
import { IS_STALE } from "./task.ts";

const WINDOW_MINUTES = 15;
/** Tasks looked at together with their steps and gates. */
const SLICE_TASKS = 4096;

/**
 * Reads the three tables side by side, a slice of each at a time and in the order
 * in which they lie in the file. A queen writes a task next to its steps and gates,
 * so the file is read once from front to back: what is read from afar (a picked
 * file, a file behind HTTP) would take many times as long by the indexes.
 */
export function getProgress(sql: Sql, clock: Clock): Progress {
  const progress: Progress = {
    total: 0,
    byStatus: { pending: 0, claimed: 0, in_progress: 0, done: 0, failed: 0 },
    steps: { total: 0, done: 0 },
    openGates: 0,
    stale: 0,
    rate: { done: 0, failed: 0, windowMinutes: WINDOW_MINUTES },
    updatedAt: null,
  };
  const finished = { done: 0, failed: 0 };
  let updatedAt = -Infinity;
  const [tasks, steps, gates] = (["tasks", "steps", "sop_checklist"] as const).map((table) => rowidsOf(sql, table)) as [Rowids, Rowids, Rowids];
  const slices = Math.max(1, Math.ceil((tasks.last - tasks.before) / SLICE_TASKS));
  for (let index = 0; index < slices; index++) {
    const slice = (rowids: Rowids): [number, number] => [edge(rowids, index / slices), edge(rowids, (index + 1) / slices)];
    for (const row of taskCounts(sql, clock, slice(tasks))) {
      progress.total += row.tasks;
      progress.byStatus[row.status] = (progress.byStatus[row.status] ?? 0) + row.tasks;
      progress.stale += row.stale;
      if (row.status === "done" || row.status === "failed") finished[row.status] += row.recent;
      updatedAt = Math.max(updatedAt, row.updated_at ?? -Infinity);
    }
    const stepsHere = stepCounts(sql, slice(steps));
    progress.steps.total += stepsHere.total;
    progress.steps.done += stepsHere.done;
    progress.openGates += openGates(sql, slice(gates), slice(tasks));
  }
  progress.rate.done = finished.done / WINDOW_MINUTES;
  progress.rate.failed = finished.failed / WINDOW_MINUTES;
  if (updatedAt > -Infinity) progress.updatedAt = isoOfUnix(updatedAt);
  return progress;
}

/** The rowids after `before` up to `last`. */
interface Rowids {
  readonly before: number;
  readonly last: number;
}

function rowidsOf(sql: Sql, table: string): Rowids {
  const { first, last } = sql.get<{ first: number | null; last: number | null }>(
    `SELECT (SELECT MIN(rowid) FROM ${table}) AS first, (SELECT MAX(rowid) FROM ${table}) AS last`,
  ) ?? { first: null, last: null };
  return first === null || last === null ? { before: 0, last: 0 } : { before: first - 1, last };
}

function edge({ before, last }: Rowids, share: number): number {
  return before + Math.round((last - before) * share);
}

interface TaskCounts {
  status: TaskStatus;
  tasks: number;
  updated_at: number | null;
  stale: number;
  /** Finished in the last `WINDOW_MINUTES`. */
  recent: number;
}

/** NOT INDEXED: by rowid, in the file's order. A plain date sorts before every time of that day in both formats. */
function taskCounts(sql: Sql, clock: Clock, [after, to]: readonly [number, number]): TaskCounts[] {
  const since = unixSeconds(clock) - WINDOW_MINUTES * 60;
  return sql.all<TaskCounts>(`
    SELECT status, COUNT(*) AS tasks, MAX(unixepoch(updated_at)) AS updated_at,
      COUNT(*) FILTER (WHERE ${IS_STALE}) AS stale,
      COUNT(*) FILTER (WHERE updated_at >= date(?, 'unixepoch') AND unixepoch(completed_at) >= ?) AS recent
    FROM tasks NOT INDEXED WHERE rowid > ? AND rowid <= ? GROUP BY status`,
  [staleBefore(clock, STALE_AFTER_MINUTES), since, since, after, to]);
}

function stepCounts(sql: Sql, [after, to]: readonly [number, number]): { total: number; done: number } {
  return sql.get<{ total: number; done: number }>(`
    SELECT COUNT(*) AS total, COUNT(*) FILTER (WHERE status = 'done') AS done
    FROM steps NOT INDEXED WHERE rowid > ? AND rowid <= ?`, [after, to]) ?? { total: 0, done: 0 };
}

/** A gate whose task is not in the slice beside it is looked up by the task's id. */
function openGates(sql: Sql, [after, to]: readonly [number, number], tasks: readonly [number, number]): number {
  return sql.get<{ open: number | null }>(`
    WITH beside AS MATERIALIZED (
      SELECT id, status NOT IN ('done', 'failed') AS is_open FROM tasks NOT INDEXED WHERE rowid > ? AND rowid <= ?)
    SELECT SUM(COALESCE(is_open, (SELECT status NOT IN ('done', 'failed') FROM tasks WHERE tasks.id = task_id))) AS open
    FROM sop_checklist NOT INDEXED LEFT JOIN beside ON beside.id = task_id
    WHERE sop_checklist.rowid > ? AND sop_checklist.rowid <= ? AND required <> 0 AND done_at IS NULL`,
  [...tasks, after, to])?.open ?? 0;
}
