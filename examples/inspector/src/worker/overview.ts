import type { ProgressDb } from "hive-progress-db/browser";
import type { Attention, Facts, RelatedTask, Some } from "../shared/protocol.ts";
import { oldestPending, priorities, spentPending, type Census } from "./census.ts";
import type { Database, Rowids } from "./database.ts";
import { staleBefore, type Moment } from "./filter-sql.ts";

/** The overview's questions, each small enough to be answered while the rest still waits. */

/** Tasks and groups named per remark. */
const NAMED = 3;

export async function attention(db: Database, ledger: ProgressDb, census: Census, moment: Moment): Promise<Attention> {
  const stale = await db.rowids(
    "SELECT rowid FROM tasks WHERE status IN ('claimed', 'in_progress') AND unixepoch(claimed_at) < ? ORDER BY unixepoch(claimed_at)", [staleBefore(moment)],
  );
  // The done ones first, by the index on status: of most tasks only the gates are looked at.
  const open = await db.rowids(`
    SELECT done.rowid FROM (SELECT rowid FROM tasks WHERE status = 'done') AS done JOIN tasks ON tasks.rowid = done.rowid
    WHERE EXISTS (SELECT 1 FROM sop_checklist WHERE task_id = tasks.id AND required <> 0 AND done_at IS NULL)`);
  const groups = await ledger.getFailures({ sample: 1 });
  return {
    stale: await some(db, stale),
    failed: { count: groups.reduce((sum, { count }) => sum + count, 0), groups: groups.slice(0, NAMED), groupCount: groups.length },
    doneWithOpenGate: await some(db, open),
    spent: await some(db, Float64Array.from(spentPending(census))),
  };
}

async function some(db: Database, rowids: Rowids): Promise<Some> {
  const tasks = await db.all<RelatedTask>(
    "SELECT tasks.id, substr(goal, 1, 300) AS goal, status FROM json_each(?) AS wanted JOIN tasks ON tasks.rowid = wanted.value ORDER BY wanted.key",
    [`[${rowids.slice(0, NAMED).join(",")}]`],
  );
  return { count: rowids.length, tasks };
}

export async function facts(db: Database, census: Census): Promise<Facts> {
  const oldest = oldestPending(census);
  const row = oldest === undefined ? undefined : await db.get<{ id: string }>("SELECT id FROM tasks WHERE rowid = ?", [oldest.rowid]);
  // The index on (task_id, required, done_at) has it.
  const gates = await db.get<Facts["gates"]>("SELECT count(*) AS total, count(done_at) AS met FROM sop_checklist INDEXED BY idx_sop_required_open")
    .catch(() => db.get<Facts["gates"]>("SELECT count(*) AS total, count(done_at) AS met FROM sop_checklist"));
  return {
    ...priorities(census),
    oldestPending: oldest === undefined || row === undefined || Number.isNaN(oldest.created) ? null : { id: row.id, created: oldest.created },
    gates: gates ?? { total: 0, met: 0 },
  };
}
