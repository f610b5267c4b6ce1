import type { Throughput } from "hive-progress-db/browser";
import type { Counts, Facts, StatusHistory } from "../shared/protocol.ts";

/** Small numbers a task, kept as long as the database is open: what the overview is made of. */
export class Census {
  count = 0;
  readonly statuses: string[] = [];
  /** Places in `statuses`. */
  status = new Uint8Array(FIRST_SIZE);
  isSpent = new Uint8Array(FIRST_SIZE);
  /** At most 255. */
  retries = new Uint8Array(FIRST_SIZE);
  /** Ascending. */
  rowid = new Float64Array(FIRST_SIZE);
  priority = new Float64Array(FIRST_SIZE);
  /** Seconds since 1970; NaN for none or unreadable. */
  created = new Float64Array(FIRST_SIZE);
  taken = new Float64Array(FIRST_SIZE);
  completed = new Float64Array(FIRST_SIZE);
  updated = new Float64Array(FIRST_SIZE);
  claimed = new Float64Array(FIRST_SIZE);

  /** A row of the rowid and `CENSUS_COLUMNS`, in the order of the rowids. */
  add([rowid, status, priority, isSpent, created, taken, completed, updated, claimed, retries]: readonly unknown[]): void {
    if (this.count === this.status.length) this.resize(this.count * 2);
    const at = this.count++;
    const name = String(status);
    const known = this.statuses.indexOf(name);
    this.status[at] = Math.min(255, known < 0 ? this.statuses.push(name) - 1 : known);
    this.priority[at] = Number(priority);
    this.isSpent[at] = Number(isSpent);
    this.created[at] = seconds(created);
    this.taken[at] = seconds(taken);
    this.completed[at] = seconds(completed);
    this.updated[at] = seconds(updated);
    this.claimed[at] = seconds(claimed);
    this.rowid[at] = Number(rowid);
    this.retries[at] = Math.min(255, Number(retries));
  }

  /** When a task was done or failed: its last change, if it was not noted. */
  closed(at: number): number {
    return Number.isNaN(this.completed[at]!) ? this.updated[at]! : this.completed[at]!;
  }

  /** The place of a task, -1 when it is not there. */
  place(rowid: number): number {
    let [from, to] = [0, this.count];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.rowid[middle]! < rowid) from = middle + 1;
      else to = middle;
    }
    return this.rowid[from] === rowid && from < this.count ? from : -1;
  }

  resize(size: number): void {
    for (const name of ["status", "isSpent", "retries"] as const) this[name] = copied(this[name], new Uint8Array(size));
    for (const name of ["rowid", "priority", "created", "taken", "completed", "updated", "claimed"] as const) this[name] = copied(this[name], new Float64Array(size));
  }
}

const FIRST_SIZE = 4096;

function copied<T extends Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length));
  return to;
}

export const CENSUS_COLUMNS = `status, priority, retry_count >= max_retries, unixepoch(created_at), unixepoch(coalesce(started_at, claimed_at)),
  unixepoch(completed_at), unixepoch(updated_at), unixepoch(claimed_at), retry_count`;

function seconds(value: unknown): number {
  return value === null ? NaN : Number(value);
}

const BUCKETS = 96;
/** Stretches the chart of throughput is cut into. */
const STRETCHES = 60;
const PRIORITIES = 8;

export function counts({ count, status, statuses }: Census): Counts {
  const found = statuses.map(() => 0);
  for (let at = 0; at < count; at++) found[status[at]!]!++;
  return { total: count, byStatus: Object.fromEntries(statuses.map((name, place) => [name, found[place]!])) };
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
export function spentPending(census: Census): number[] {
  return rowidsWhere(census, (at) => census.isSpent[at] === 1 && census.statuses[census.status[at]!] === "pending");
}

export function rowidsWhere({ count, rowid }: Census, isWanted: (at: number) => boolean): number[] {
  const found: number[] = [];
  for (let at = 0; at < count; at++) if (isWanted(at)) found.push(rowid[at]!);
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
    const takenAt = place(Number.isNaN(census.taken[at]!) ? census.closed(at) : census.taken[at]!);
    taken[takenAt]!++;
    if (status === "done" || status === "failed") (status === "done" ? done : failed)[Math.max(takenAt, place(census.closed(at)))]!++;
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

/** Tasks done and failed in each stretch of the last `minutes`; of the whole time, without. */
export function throughput(census: Census, minutes: number | null, asOf: number): Throughput {
  const { from, to } = (minutes === null ? lifetime(census) : undefined) ?? { from: asOf - (minutes ?? 1) * 60_000, to: asOf };
  const windowMinutes = Math.max(1, Math.ceil((to - from) / 60_000));
  const end = Math.floor(to / 1000) + 1; // The moment itself belongs to it.
  const [start, size] = [end - windowMinutes * 60, (windowMinutes * 60) / STRETCHES];
  const buckets = Array.from({ length: STRETCHES }, (_, index) => ({ start: new Date(Math.floor(start + index * size) * 1000).toISOString(), done: 0, failed: 0 }));
  for (let at = 0; at < census.count; at++) {
    const status = census.statuses[census.status[at]!];
    if (status !== "done" && status !== "failed") continue;
    const bucket = buckets[Math.floor((census.completed[at]! - start) / size)];
    if (bucket !== undefined) bucket[status]++;
  }
  return { bucketMinutes: size / 60, buckets };
}
