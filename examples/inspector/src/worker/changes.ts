import type { Changes } from "../shared/protocol.ts";
import type { Database } from "./database.ts";

/** What is different between two looks at a colony. */

/** Ids named in one answer; the rest is only counted. */
const NAMED = 1000;

/** Each task's status and time of change, by rowid. */
export type Snapshot = ReadonlyMap<number, string>;

export async function takeSnapshot(db: Database): Promise<Snapshot> {
  const snapshot = new Map<number, string>();
  // The index on (status, updated_at) has all of it.
  await db.each("SELECT rowid, status, updated_at FROM tasks", [], ([rowid, status, updated]) => snapshot.set(Number(rowid), `${String(status)} ${String(updated)}`));
  return snapshot;
}

export async function compare(db: Database, before: Snapshot, after: Snapshot): Promise<Changes> {
  const byStatus: Record<string, number> = {};
  const count = (mark: string, difference: number): void => {
    const status = mark.slice(0, mark.indexOf(" "));
    byStatus[status] = (byStatus[status] ?? 0) + difference;
  };
  const rowids: number[] = [];
  let added = 0;
  let changed = 0;
  for (const [rowid, mark] of after) {
    const old = before.get(rowid);
    if (old === mark) continue;
    rowids.push(rowid);
    count(mark, 1);
    if (old === undefined) added++;
    else {
      changed++;
      count(old, -1);
    }
  }
  for (const [rowid, mark] of before) if (!after.has(rowid)) count(mark, -1);
  const named = await db.all<{ id: string }>("SELECT id FROM tasks WHERE rowid IN (SELECT value FROM json_each(?))", [JSON.stringify(rowids.slice(0, NAMED))]);
  return { byStatus, added, changed, ids: named.map(({ id }) => id) };
}
