import type { Changes } from "../shared/protocol.ts";
import type { Census } from "./census.ts";
import type { Database } from "./database.ts";

/** What is different between two looks at a colony. */

/** Ids named in one answer; the rest is only counted. */
const NAMED = 1000;

/** Each task's status and time of change, by rowid, as one number. */
export interface Snapshot {
  readonly statuses: string[];
  readonly marks: ReadonlyMap<number, number>;
}

/** Room for the place of a status in a mark. */
const STATUSES = 256;

export async function takeSnapshot(db: Database): Promise<Snapshot> {
  const statuses: string[] = [];
  const marks = new Map<number, number>();
  // The index on (status, updated_at) has all of it.
  await db.each("SELECT rowid, status, unixepoch(updated_at) FROM tasks", [], ([rowid, status, updated]) => {
    let place = statuses.indexOf(String(status));
    if (place < 0) place = statuses.push(String(status)) - 1;
    marks.set(Number(rowid), Number(updated ?? 0) * STATUSES + Math.min(place, STATUSES - 1));
  });
  return { statuses, marks };
}

/** The same, from what the walk has found. */
export function snapshotOf({ count, status, statuses, updated, rowid }: Census): Snapshot {
  const marks = new Map<number, number>();
  for (let at = 0; at < count; at++) marks.set(rowid[at]!, (updated[at]! || 0) * STATUSES + status[at]!);
  return { statuses: [...statuses], marks };
}

export async function compare(db: Database, before: Snapshot, after: Snapshot): Promise<Changes> {
  const byStatus: Record<string, number> = {};
  const statusOf = ({ statuses }: Snapshot, mark: number): string => statuses[mark % STATUSES] ?? "";
  const count = (status: string, difference: number): void => {
    byStatus[status] = (byStatus[status] ?? 0) + difference;
  };
  const rowids: number[] = [];
  let added = 0;
  for (const [rowid, mark] of after.marks) {
    const old = before.marks.get(rowid);
    const status = statusOf(after, mark);
    if (old !== undefined && status === statusOf(before, old) && Math.floor(mark / STATUSES) === Math.floor(old / STATUSES)) continue;
    rowids.push(rowid);
    count(status, 1);
    if (old === undefined) added++;
    else count(statusOf(before, old), -1);
  }
  for (const [rowid, mark] of before.marks) if (!after.marks.has(rowid)) count(statusOf(before, mark), -1);
  const named = await db.all<{ id: string }>("SELECT id FROM tasks WHERE rowid IN (SELECT value FROM json_each(?))", [JSON.stringify(rowids.slice(0, NAMED))]);
  return { byStatus, added, changed: rowids.length - added, ids: named.map(({ id }) => id) };
}
