import type { Facts, StatusHistory } from "../shared/protocol.ts";
import type { Database } from "./database.ts";

/**
 * What one walk over the task table tells: small numbers a task, kept as long as the
 * database is open. Priorities, history and the time span are read from it without going
 * to the file again.
 */
export interface Census {
  count: number;
  /** Places in `statuses`. */
  status: Uint8Array;
  statuses: string[];
  priority: Float64Array;
  isSpent: Uint8Array;
  /** Seconds since 1970; NaN for none or unreadable. */
  created: Float64Array;
  taken: Float64Array;
  closed: Float64Array;
  updated: Float64Array;
  rowid: Float64Array;
}

const BUCKETS = 96;
const PRIORITIES = 8;

export async function takeCensus(db: Database): Promise<Census> {
  const size = (await db.get<{ n: number }>("SELECT count(*) AS n FROM tasks"))?.n ?? 0;
  const numbers = (): Float64Array => new Float64Array(size);
  const census: Census = {
    count: 0, status: new Uint8Array(size), statuses: [], priority: numbers(), isSpent: new Uint8Array(size),
    created: numbers(), taken: numbers(), closed: numbers(), updated: numbers(), rowid: numbers(),
  };
  const places = new Map<string, number>();
  await db.each(`
    SELECT status, priority, retry_count >= max_retries, unixepoch(created_at), unixepoch(coalesce(started_at, claimed_at)),
      unixepoch(coalesce(completed_at, updated_at)), unixepoch(updated_at), rowid FROM tasks`, [],
  ([status, priority, isSpent, created, taken, closed, updated, rowid]) => {
    const at = census.count++;
    const name = String(status);
    let place = places.get(name);
    if (place === undefined) {
      places.set(name, (place = Math.min(255, census.statuses.length)));
      census.statuses.push(name);
    }
    census.status[at] = place;
    census.priority[at] = Number(priority);
    census.isSpent[at] = Number(isSpent);
    census.created[at] = created === null ? NaN : Number(created);
    census.taken[at] = taken === null ? NaN : Number(taken);
    census.closed[at] = closed === null ? NaN : Number(closed);
    census.updated[at] = updated === null ? NaN : Number(updated);
    census.rowid[at] = Number(rowid);
  });
  return census;
}

/** The whole time of the colony, milliseconds since 1970; `undefined` when no time can be read. */
export function lifetime({ created, updated, count }: Census): { from: number; to: number } | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (let at = 0; at < count; at++) {
    if (created[at]! < from) from = created[at]!;
    if (updated[at]! > to) to = updated[at]!;
  }
  return from === Infinity ? undefined : { from: from * 1000, to: Math.max(from, to) * 1000 };
}

export function priorities({ count, priority, status, statuses }: Census): Pick<Facts, "priorities" | "priorityCount"> {
  const found = new Map<number, { priority: number; total: number; open: number }>();
  const isClosed = statuses.map((name) => name === "done" || name === "failed");
  for (let at = 0; at < count; at++) {
    const key = priority[at]!;
    let entry = found.get(key);
    if (entry === undefined) found.set(key, (entry = { priority: key, total: 0, open: 0 }));
    entry.total++;
    if (isClosed[status[at]!] !== true) entry.open++;
  }
  const sorted = [...found.values()].sort((a, b) => b.priority - a.priority);
  return { priorities: sorted.slice(0, PRIORITIES), priorityCount: sorted.length };
}

/** The rowid of the pending task that was created first, and when, milliseconds. */
export function oldestPending({ count, created, status, statuses, rowid }: Census): { rowid: number; created: number } | undefined {
  const pending = statuses.indexOf("pending");
  let oldest = -1;
  for (let at = 0; at < count; at++) {
    if (status[at] === pending && (oldest < 0 || created[at]! < created[oldest]!)) oldest = at;
  }
  return oldest < 0 ? undefined : { rowid: rowid[oldest]!, created: created[oldest]! * 1000 };
}

/** Pending tasks with all retries spent, by rowid. */
export function spentPending({ count, isSpent, status, statuses, rowid }: Census): number[] {
  const pending = statuses.indexOf("pending");
  const found: number[] = [];
  for (let at = 0; at < count; at++) if (status[at] === pending && isSpent[at] === 1) found.push(rowid[at]!);
  return found;
}

/** A task counts as pending from its creation, as held from its start, as done or failed from its completion. */
export function statusHistory(census: Census): StatusHistory {
  const life = lifetime(census);
  if (life === undefined) return { bucketMs: 1, points: [] };
  const bucketMs = Math.max(1000, Math.ceil((life.to - life.from) / BUCKETS / 1000) * 1000);
  const size = Math.max(1, Math.ceil((life.to - life.from + 1000) / bucketMs));
  const place = (seconds: number): number => Math.max(0, Math.min(size - 1, Math.floor((seconds * 1000 - life.from) / bucketMs) || 0));
  const [born, taken, done, failed] = [0, 1, 2, 3].map(() => new Float64Array(size)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let at = 0; at < census.count; at++) {
    born[place(census.created[at]!)]!++;
    const status = census.statuses[census.status[at]!];
    if (status === "pending") continue;
    // Whoever is closed without having been taken was pending until then.
    const takenAt = place(Number.isNaN(census.taken[at]!) ? census.closed[at]! : census.taken[at]!);
    taken[takenAt]!++;
    if (status === "done" || status === "failed") (status === "done" ? done : failed)[Math.max(takenAt, place(census.closed[at]!))]!++;
  }
  const sums = { born: 0, taken: 0, done: 0, failed: 0 };
  const points = Array.from({ length: size }, (_, index) => {
    sums.born += born[index]!;
    sums.taken += taken[index]!;
    sums.done += done[index]!;
    sums.failed += failed[index]!;
    const held = sums.taken - sums.done - sums.failed;
    return { at: life.from + (index + 1) * bucketMs, pending: sums.born - sums.taken, held, done: sums.done, failed: sums.failed };
  });
  return { bucketMs, points };
}
