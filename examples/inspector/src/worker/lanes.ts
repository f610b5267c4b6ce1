import { SPAN_CAP, type Lanes, type Span } from "../shared/protocol.ts";
import type { Database } from "./database.ts";
import { lifetime } from "./history.ts";

/**
 * Who held what when. A task's row tells of its last holder; of those before, whose
 * claims were taken back, the steps they worked on tell.
 */
export async function lanes(db: Database, minutes: number | null, worker: string | null, asOf: number): Promise<Lanes> {
  const life = await lifetime(db);
  if (life === undefined) return { spans: [], isCut: false, from: asOf, to: asOf };
  const to = minutes === null ? life.to : asOf;
  const from = minutes === null ? life.from : to - minutes * 60_000;
  const rows = await db.all<Omit<Span, "from" | "to"> & { taken: number; ended: number | null }>(`
    SELECT worker, id, substr(goal, 1, 160) AS goal, status, taken, ended FROM (
      SELECT worker_id AS worker, id, goal, status, unixepoch(coalesce(started_at, claimed_at)) AS taken,
        CASE WHEN status IN ('done', 'failed') THEN unixepoch(coalesce(completed_at, updated_at)) END AS ended
      FROM tasks WHERE worker_id IS NOT NULL
      UNION ALL
      SELECT steps.worker_id, tasks.id, goal, 'released', min(unixepoch(steps.started_at)), max(unixepoch(coalesce(steps.completed_at, steps.started_at)))
      FROM tasks CROSS JOIN steps ON steps.task_id = tasks.id
      WHERE retry_count > 0 AND steps.worker_id IS NOT NULL AND steps.worker_id IS NOT tasks.worker_id GROUP BY tasks.id, steps.worker_id
    ) WHERE taken IS NOT NULL AND taken * 1000 <= ? AND coalesce(ended * 1000, ?) >= ? AND (? IS NULL OR worker = ?)
    ORDER BY coalesce(ended, taken) DESC LIMIT ${SPAN_CAP + 1}`, [to, to, from, worker, worker]);
  const spans = rows.slice(0, SPAN_CAP).map(({ taken, ended, ...rest }): Span => ({ ...rest, from: taken * 1000, to: ended === null ? null : ended * 1000 }));
  return { spans, isCut: rows.length > SPAN_CAP, from: minutes === null ? Math.min(from, ...spans.map((span) => span.from)) : from, to };
}
