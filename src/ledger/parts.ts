import type { Sql } from "../sqlite/sql.ts";

/** How far a task's steps and gates are. */
export interface PartCounts {
  steps: number;
  /** Done or skipped. */
  stepsEnded: number;
  gates: number;
  gatesDone: number;
  /** Required and not done: they block the task's completion. */
  gatesBlocking: number;
}

/** Of each task named, in that order; a task without parts, or that is not there, has zeros. */
export function countParts(sql: Sql, ids: readonly string[]): PartCounts[] {
  const named = JSON.stringify(ids);
  const counts = new Map(ids.map((id) => [id, { steps: 0, stepsEnded: 0, gates: 0, gatesDone: 0, gatesBlocking: 0 }]));
  for (const { task_id, ...steps } of sql.all<{ task_id: string; steps: number; stepsEnded: number }>(
    `SELECT task_id, COUNT(*) AS steps, SUM(status IN ('done', 'skipped')) AS stepsEnded
     FROM steps WHERE task_id IN (SELECT value FROM json_each(?)) GROUP BY task_id`, [named],
  )) Object.assign(counts.get(task_id)!, steps);
  for (const { task_id, ...gates } of sql.all<{ task_id: string; gates: number; gatesDone: number; gatesBlocking: number }>(
    `SELECT task_id, COUNT(*) AS gates, SUM(done_at IS NOT NULL) AS gatesDone, SUM(required <> 0 AND done_at IS NULL) AS gatesBlocking
     FROM sop_checklist WHERE task_id IN (SELECT value FROM json_each(?)) GROUP BY task_id`, [named],
  )) Object.assign(counts.get(task_id)!, gates);
  return ids.map((id) => counts.get(id)!);
}
