import { isoOfUnix, unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { TaskRow, TaskStatus } from "../types.ts";
import { STALE_AFTER_MINUTES, staleBefore } from "./reclaim.ts";

/** What a worker has in hand and has done, as its tasks and steps tell. */
export interface WorkerSummary {
  workerId: string;
  /** Tasks in hand: how many, and the first 20, the longest without a heartbeat first. */
  inHand: number;
  tasks: WorkerTask[];
  done: number;
  failed: number;
  /** Its latest trace in tasks and in the steps of those not closed, ISO 8601; `null` when it left none that can be read. */
  lastSeen: string | null;
  /** A claim of its has been without a heartbeat for 15 minutes. */
  isStale: boolean;
  /** From start to completion of its done tasks, in seconds; `null` when none recorded both. */
  medianSeconds: number | null;
}

/** A task in hand; `goal` is cut to 200 characters. */
export interface WorkerTask extends Pick<TaskRow, "id" | "goal" | "status" | "claimed_at" | "started_at"> {
  /** Since the last heartbeat; `null` when the claim's time cannot be read. */
  secondsSinceHeartbeat: number | null;
  isStale: boolean;
}

const TASKS_SHOWN = 20;

/** Tasks by worker, status and duration: a histogram to find the medians in. */
const HISTOGRAM = `
  SELECT worker_id, status, CASE WHEN status = 'done' THEN unixepoch(completed_at) - unixepoch(started_at) END AS seconds,
    COUNT(*) AS tasks, MAX(MAX(COALESCE(unixepoch(completed_at), 0), COALESCE(unixepoch(claimed_at), 0))) AS seen
  FROM tasks WHERE worker_id IS NOT NULL AND worker_id <> '' GROUP BY worker_id, status, seconds ORDER BY worker_id, seconds`;

const IN_HAND = `
  SELECT worker_id, id, substr(goal, 1, 200) AS goal, status, claimed_at, started_at, unixepoch(claimed_at) AS heartbeat FROM tasks
  WHERE status IN ('claimed', 'in_progress') AND worker_id IS NOT NULL AND worker_id <> '' ORDER BY heartbeat, rowid`;

/** A worker whose claim was taken back left its traces in the task's steps. In the order of the file: by an index the rows lie anywhere. */
const STEPS_SEEN = `
  SELECT steps.worker_id, MAX(MAX(COALESCE(unixepoch(steps.completed_at), 0), COALESCE(unixepoch(steps.started_at), 0))) AS seen
  FROM tasks NOT INDEXED CROSS JOIN steps ON steps.task_id = tasks.id
  WHERE (tasks.status IN ('claimed', 'in_progress') OR (tasks.status = 'pending' AND tasks.retry_count > 0))
    AND steps.worker_id IS NOT NULL AND steps.worker_id <> ''
  GROUP BY steps.worker_id`;

interface Tally {
  counts: Partial<Record<TaskStatus, number>>;
  durations: { seconds: number; tasks: number }[];
  seen: number;
  tasks: WorkerTask[];
}

/** All who ever claimed a task that still names them, by id. */
export function getWorkers(sql: Sql, clock: Clock): WorkerSummary[] {
  const tallies = new Map<string, Tally>();
  const tallyOf = (worker: string): Tally => {
    let tally = tallies.get(worker);
    if (tally === undefined) tallies.set(worker, (tally = { counts: {}, durations: [], seen: 0, tasks: [] }));
    return tally;
  };
  for (const row of sql.all<{ worker_id: string; status: TaskStatus; seconds: number | null; tasks: number; seen: number }>(HISTOGRAM)) {
    const tally = tallyOf(row.worker_id);
    tally.counts[row.status] = (tally.counts[row.status] ?? 0) + row.tasks;
    tally.seen = Math.max(tally.seen, row.seen);
    if (row.seconds !== null) tally.durations.push({ seconds: row.seconds, tasks: row.tasks });
  }
  for (const { worker_id, seen } of sql.all<{ worker_id: string; seen: number }>(STEPS_SEEN)) {
    const tally = tallyOf(worker_id);
    tally.seen = Math.max(tally.seen, seen);
  }
  const now = unixSeconds(clock);
  const before = staleBefore(clock, STALE_AFTER_MINUTES);
  for (const { worker_id, heartbeat, ...task } of sql.all<WorkerTask & { worker_id: string; heartbeat: number | null }>(IN_HAND)) {
    tallyOf(worker_id).tasks.push({
      ...task,
      secondsSinceHeartbeat: heartbeat === null ? null : now - heartbeat,
      isStale: heartbeat !== null && heartbeat < before,
    });
  }
  return [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([workerId, { counts, durations, seen, tasks }]) => ({
    workerId,
    inHand: tasks.length,
    tasks: tasks.slice(0, TASKS_SHOWN),
    done: counts.done ?? 0,
    failed: counts.failed ?? 0,
    lastSeen: seen === 0 ? null : isoOfUnix(seen),
    isStale: tasks.some((task) => task.isStale),
    medianSeconds: median(durations),
  }));
}

/** Of a histogram in ascending order; between two middle values, their mean. */
function median(histogram: readonly { seconds: number; tasks: number }[]): number | null {
  const total = histogram.reduce((sum, { tasks }) => sum + tasks, 0);
  if (total === 0) return null;
  const at = (index: number): number => {
    let passed = 0;
    return histogram.find(({ tasks }) => (passed += tasks) > index)!.seconds;
  };
  return (at(Math.floor((total - 1) / 2)) + at(Math.floor(total / 2))) / 2;
}
