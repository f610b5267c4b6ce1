import type { Attention, Facts, RelatedTask, Some } from "../shared/protocol.ts";
import { oldestPending, priorities, rowidsWhere, spentPending, staleClaims, type Census } from "./census.ts";
import type { Database } from "./database.ts";
import { staleBefore, type Moment } from "./filter-sql.ts";
import type { Gates } from "./walk.ts";

/** The overview's questions, answered from the walk. */

/** Tasks named per remark. */
const NAMED = 3;

export async function attention(db: Database, census: Census, moment: Moment): Promise<Attention> {
  return {
    stale: await some(db, staleClaims(census, staleBefore(moment))),
    spent: await some(db, spentPending(census)),
  };
}

export function doneWithOpenGate(db: Database, census: Census, { parts }: Gates): Promise<Some> {
  return some(db, rowidsWhere(census, (at) => parts.gatesOpen[at]! > 0 && census.statuses[census.status[at]!] === "done"));
}

async function some(db: Database, rowids: readonly number[]): Promise<Some> {
  const tasks = await db.all<RelatedTask>(
    "SELECT tasks.id, substr(goal, 1, 300) AS goal, status FROM json_each(?) AS wanted JOIN tasks ON tasks.rowid = wanted.value ORDER BY wanted.key",
    [`[${rowids.slice(0, NAMED).join(",")}]`],
  );
  return { count: rowids.length, tasks };
}

export async function facts(db: Database, census: Census, { total, met }: Gates): Promise<Facts> {
  const oldest = oldestPending(census);
  const row = oldest === undefined ? undefined : await db.get<{ id: string }>("SELECT id FROM tasks WHERE rowid = ?", [oldest.rowid]);
  return {
    ...priorities(census),
    oldestPending: oldest === undefined || row === undefined || Number.isNaN(oldest.created) ? null : { id: row.id, created: oldest.created },
    gates: { total, met },
  };
}
