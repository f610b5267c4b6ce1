import { isoOfUnix } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { errorSignature, TELLING_ERROR } from "./error-signature.ts";

/** Failed tasks whose errors are alike but for digits, ids, paths, URLs and quoted texts. */
export interface FailureGroup {
  /** The errors with those collapsed, as in `HTTP <n> at <url>`; `(no error recorded)` when there is none. */
  signature: string;
  count: number;
  /** When the first and the last of them failed, ISO 8601; `null` when no time can be read. */
  firstSeen: string | null;
  lastSeen: string | null;
  /** Whose tasks they were, sorted. */
  workers: string[];
  /** How many have retries left, and how many have spent them. */
  retryable: number;
  exhausted: number;
  /** The latest error, as it was recorded, its first 800 characters. */
  example: string;
  /** Ids of the latest, at most `sample`. */
  ids: string[];
}

export interface FailuresOptions {
  /** At most this many groups, the largest first. Default: all. */
  limit?: number | undefined;
  /** Ids given per group. Default 10. */
  sample?: number | undefined;
}

interface FailedRow {
  id: string;
  error: string | null;
  worker_id: string | null;
  at: number | null;
  exhausted: number;
}

/** Failures by signature, the most frequent first. */
export function getFailures(sql: Sql, { limit = Infinity, sample = 10 }: FailuresOptions): FailureGroup[] {
  const rows = sql.all<FailedRow>(`
    SELECT id, ${TELLING_ERROR} AS error, worker_id, unixepoch(COALESCE(completed_at, updated_at)) AS at,
      retry_count >= max_retries AS exhausted
    FROM tasks WHERE status = 'failed' ORDER BY at DESC, rowid DESC`);
  const bySignature = new Map<string, FailedRow[]>();
  for (const row of rows) {
    const signature = errorSignature(row.error);
    const alike = bySignature.get(signature);
    if (alike === undefined) bySignature.set(signature, [row]);
    else alike.push(row);
  }
  return [...bySignature]
    .map(([signature, alike]) => group(signature, alike, sample))
    .sort((a, b) => b.count - a.count || (b.lastSeen ?? "").localeCompare(a.lastSeen ?? ""))
    .slice(0, limit);
}

/** `alike` has the latest first, and those without a time last. */
function group(signature: string, alike: readonly FailedRow[], sample: number): FailureGroup {
  const times = alike.map(({ at }) => at).filter((at) => at !== null);
  const exhausted = alike.filter((row) => row.exhausted === 1).length;
  return {
    signature,
    count: alike.length,
    firstSeen: isoOrNull(times.at(-1)),
    lastSeen: isoOrNull(times[0]),
    workers: [...new Set(alike.map((row) => row.worker_id).filter((worker) => worker !== null))].sort(),
    retryable: alike.length - exhausted,
    exhausted,
    example: alike[0]?.error ?? "",
    ids: alike.slice(0, sample).map(({ id }) => id),
  };
}

function isoOrNull(seconds: number | undefined): string | null {
  return seconds === undefined ? null : isoOfUnix(seconds);
}
