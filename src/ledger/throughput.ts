import { isoOfUnix, unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { invalid } from "../errors.ts";

/** How many tasks were finished in each stretch of time. */
export interface Throughput {
  bucketMinutes: number;
  /** In the order of time, without gaps; the last one ends at `until`. */
  buckets: ThroughputBucket[];
}

export interface ThroughputBucket {
  /** ISO 8601. */
  start: string;
  done: number;
  failed: number;
}

export interface ThroughputOptions {
  /** Minutes looked back on. Default 60. */
  windowMinutes?: number | undefined;
  /** Stretches it is cut into. Default 60. */
  buckets?: number | undefined;
  /** Where the window ends, ISO 8601 or SQLite's own form. Default: now. */
  until?: string | undefined;
}

/** Finished tasks per bucket of the window. */
export function getThroughput(sql: Sql, clock: Clock, options: ThroughputOptions): Throughput {
  const { windowMinutes = 60, buckets: wanted = 60, until } = options;
  const end = (until === undefined ? unixSeconds(clock) : instantOf(sql, until)) + 1; // Now belongs to the window.
  const start = end - windowMinutes * 60;
  const size = (windowMinutes * 60) / wanted;
  const buckets = Array.from({ length: wanted }, (_, index): ThroughputBucket =>
    ({ start: isoOfUnix(Math.floor(start + index * size)), done: 0, failed: 0 }));
  // By `updated_at` too, which the index holds: a plain date sorts before every time of that day in both formats.
  for (const row of sql.all<{ bucket: number; status: "done" | "failed"; tasks: number }>(
    `SELECT CAST((unixepoch(completed_at) - :start) / :size AS INTEGER) AS bucket, status, COUNT(*) AS tasks FROM tasks
     WHERE status IN ('done', 'failed') AND updated_at >= date(:start, 'unixepoch')
       AND unixepoch(completed_at) >= :start AND unixepoch(completed_at) < :end
     GROUP BY bucket, status`, { ":start": start, ":end": end, ":size": size },
  )) {
    const bucket = buckets[row.bucket];
    if (bucket !== undefined) bucket[row.status] += row.tasks;
  }
  return { bucketMinutes: size / 60, buckets };
}

function instantOf(sql: Sql, time: string): number {
  const row = sql.get<{ at: number | null }>("SELECT unixepoch(?) AS at", [time]);
  if (row?.at == null) throw invalid("options.until", `is not a time: ${time}`);
  return row.at;
}
