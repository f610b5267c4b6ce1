import type { ProgressDb } from "hive-progress-db/browser";
import type { Attention, Facts, RelatedTask, Some } from "../shared/protocol.ts";
import type { Database } from "./database.ts";
import { staleBefore, type Moment } from "./filter-sql.ts";

/** The overview's questions, each small enough to be answered while the rest still waits. */

/** Tasks and groups named per remark. */
const NAMED = 3;
const PRIORITIES = 8;

export async function attention(db: Database, ledger: ProgressDb, moment: Moment): Promise<Attention> {
  const groups = await ledger.getFailures({ sample: 1 });
  return {
    stale: await some(db, "status IN ('claimed', 'in_progress') AND unixepoch(claimed_at) < ?", [staleBefore(moment)], "unixepoch(claimed_at)"),
    failed: { count: groups.reduce((sum, { count }) => sum + count, 0), groups: groups.slice(0, NAMED), groupCount: groups.length },
    doneWithOpenGate: await some(db, `status = 'done' AND id IN (SELECT task_id FROM sop_checklist WHERE required <> 0 AND done_at IS NULL)`, [], "rowid"),
    spent: await some(db, "status = 'pending' AND retry_count >= max_retries", [], "rowid"),
  };
}

async function some(db: Database, condition: string, parameters: readonly number[], order: string): Promise<Some> {
  const tasks = await db.all<RelatedTask & { all_of_them: number }>(
    `SELECT id, substr(goal, 1, 300) AS goal, status, count(*) OVER () AS all_of_them FROM tasks WHERE ${condition} ORDER BY ${order} LIMIT ${NAMED}`, parameters,
  );
  return { count: tasks[0]?.all_of_them ?? 0, tasks: tasks.map(({ id, goal, status }) => ({ id, goal, status })) };
}

export async function facts(db: Database): Promise<Facts> {
  const priorities = await db.all<Facts["priorities"][number]>(`
    SELECT priority, count(*) AS total, count(*) FILTER (WHERE status NOT IN ('done', 'failed')) AS open FROM tasks GROUP BY priority ORDER BY priority DESC`);
  const oldest = await db.get<{ id: string; created: number | null }>(`
    SELECT id, unixepoch(created_at) AS created FROM tasks WHERE status = 'pending' ORDER BY unixepoch(created_at) LIMIT 1`);
  const parts = await db.get<Facts["parts"]>(`
    SELECT (SELECT count(*) FROM steps) AS steps, (SELECT count(*) FROM steps WHERE status IN ('done', 'skipped')) AS stepsDone,
      (SELECT count(*) FROM sop_checklist) AS gates, (SELECT count(*) FROM sop_checklist WHERE done_at IS NOT NULL) AS gatesDone`);
  return {
    priorities: priorities.slice(0, PRIORITIES),
    priorityCount: priorities.length,
    oldestPending: oldest === undefined || oldest.created === null ? null : { id: oldest.id, created: oldest.created * 1000 },
    parts: parts ?? { steps: 0, stepsDone: 0, gates: 0, gatesDone: 0 },
  };
}
