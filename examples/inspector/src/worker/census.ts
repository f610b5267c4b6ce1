import type { Facts, StatusHistory } from "../shared/protocol.ts";

/** Small numbers a task, kept as long as the database is open: what the overview is made of. */
export class Census {
  count = 0;
  /** Places in `statuses`. */
  readonly status: Uint8Array;
  readonly statuses: string[] = [];
  readonly priority: Float64Array;
  readonly isSpent: Uint8Array;
  /** At most 255. */
  readonly retries: Uint8Array;
  /** Seconds since 1970; NaN for none or unreadable. */
  readonly created: Float64Array;
  readonly taken: Float64Array;
  readonly closed: Float64Array;
  readonly updated: Float64Array;
  readonly claimed: Float64Array;
  readonly rowid: Float64Array;

  constructor(size: number) {
    const numbers = (): Float64Array => new Float64Array(size);
    [this.status, this.isSpent, this.retries] = [new Uint8Array(size), new Uint8Array(size), new Uint8Array(size)];
    [this.priority, this.created, this.taken, this.closed, this.updated, this.claimed, this.rowid] =
      [numbers(), numbers(), numbers(), numbers(), numbers(), numbers(), numbers()];
  }

  /** A row of `CENSUS_COLUMNS`. */
  add([status, priority, isSpent, created, taken, closed, updated, claimed, rowid, retries]: readonly unknown[]): void {
    if (this.count === this.status.length) return; // More than were counted: another look has them.
    const at = this.count++;
    const name = String(status);
    const known = this.statuses.indexOf(name);
    this.status[at] = Math.min(255, known < 0 ? this.statuses.push(name) - 1 : known);
    this.priority[at] = Number(priority);
    this.isSpent[at] = Number(isSpent);
    this.created[at] = seconds(created);
    this.taken[at] = seconds(taken);
    this.closed[at] = seconds(closed);
    this.updated[at] = seconds(updated);
    this.claimed[at] = seconds(claimed);
    this.rowid[at] = Number(rowid);
    this.retries[at] = Math.min(255, Number(retries));
  }
}

export const CENSUS_COLUMNS = `status, priority, retry_count >= max_retries, unixepoch(created_at), unixepoch(coalesce(started_at, claimed_at)),
  unixepoch(coalesce(completed_at, updated_at)), unixepoch(updated_at), unixepoch(claimed_at), rowid, retry_count`;

function seconds(value: unknown): number {
  return value === null ? NaN : Number(value);
}

const BUCKETS = 96;
const PRIORITIES = 8;

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

/** Claims without a sign of life since `before` (seconds), the longest silent first, by rowid. */
export function staleClaims({ count, claimed, status, statuses, rowid }: Census, before: number): number[] {
  const isHeld = statuses.map((name) => name === "claimed" || name === "in_progress");
  const found: { claimed: number; rowid: number }[] = [];
  for (let at = 0; at < count; at++) {
    if (isHeld[status[at]!] === true && claimed[at]! < before) found.push({ claimed: claimed[at]!, rowid: rowid[at]! });
  }
  return found.sort((a, b) => a.claimed - b.claimed).map((each) => each.rowid);
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
