import type { Attention, Facts, RelatedTask, Some } from "../shared/protocol.ts";
import { oldestPending, priorities, spentPending, staleClaims } from "./census.ts";
import type { Database } from "./database.ts";
import { staleBefore, type Moment } from "./filter-sql.ts";
import type { Walk } from "./walk.ts";

/** The overview's questions, answered from the walk. */

/** Tasks named per remark. */
const NAMED = 3;

export async function attention(db: Database, { census, doneWithOpenGate }: Walk, moment: Moment): Promise<Attention> {
  return {
    stale: await some(db, staleClaims(census, staleBefore(moment))),
    doneWithOpenGate: await some(db, [...doneWithOpenGate]),
    spent: await some(db, spentPending(census)),
  };
}

async function some(db: Database, rowids: readonly number[]): Promise<Some> {
  const tasks = await db.all<RelatedTask>(
    "SELECT tasks.id, substr(goal, 1, 300) AS goal, status FROM json_each(?) AS wanted JOIN tasks ON tasks.rowid = wanted.value ORDER BY wanted.key",
    [`[${rowids.slice(0, NAMED).join(",")}]`],
  );
  return { count: rowids.length, tasks };
}

export async function facts(db: Database, { census, gates }: Walk): Promise<Facts> {
  const oldest = oldestPending(census);
  const row = oldest === undefined ? undefined : await db.get<{ id: string }>("SELECT id FROM tasks WHERE rowid = ?", [oldest.rowid]);
  return {
    ...priorities(census),
    oldestPending: oldest === undefined || row === undefined || Number.isNaN(oldest.created) ? null : { id: row.id, created: oldest.created },
    gates,
  };
}
