import type { Changes } from "../shared/protocol.ts";
import type { Census } from "./census.ts";
import type { Database } from "./database.ts";

/** What is different between two looks at a colony. */

/** Ids named in one answer; the rest is only counted. */
const NAMED = 1000;

export async function compare(db: Database, before: Census, after: Census): Promise<Changes> {
  const byStatus: Record<string, number> = {};
  const statusOf = ({ status, statuses }: Census, at: number): string => statuses[status[at]!] ?? "";
  const count = (status: string, difference: number): void => {
    byStatus[status] = (byStatus[status] ?? 0) + difference;
  };
  const rowids: number[] = [];
  let added = 0;
  for (let at = 0; at < after.count; at++) {
    const rowid = after.rowid[at]!;
    const old = before.place(rowid);
    const status = statusOf(after, at);
    if (old >= 0 && status === statusOf(before, old) && Object.is(after.updated[at], before.updated[old])) continue;
    rowids.push(rowid);
    count(status, 1);
    if (old < 0) added++;
    else count(statusOf(before, old), -1);
  }
  for (let at = 0; at < before.count; at++) if (after.place(before.rowid[at]!) < 0) count(statusOf(before, at), -1);
  const named = await db.all<{ id: string }>("SELECT id FROM tasks WHERE rowid IN (SELECT value FROM json_each(?))", [JSON.stringify(rowids.slice(0, NAMED))]);
  return { byStatus, added, changed: rowids.length - added, ids: named.map(({ id }) => id) };
}
