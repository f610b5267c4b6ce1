import { SPAN_CAP, type Lanes, type Span } from "../shared/protocol.ts";
import type { Database } from "./database.ts";
import { lifetime, type Census } from "./census.ts";

/**
 * Who held what when. A task's row tells of its last holder; of those before, whose
 * claims were taken back, the steps they worked on tell.
 */
export async function lanes(db: Database, census: Census, minutes: number | null, worker: string | null, asOf: number): Promise<Lanes> {
  const life = lifetime(census);
  if (life === undefined) return { spans: [], isCut: false, from: asOf, to: asOf };
  const to = minutes === null ? life.to : asOf;
  const from = minutes === null ? life.from : to - minutes * 60_000;
  const latest = worker === null ? JSON.stringify(latestHeld(census, from / 1000, to / 1000)) : null;
  const rows = await db.all<Omit<Span, "from" | "to"> & { taken: number; ended: number | null }>(`
    SELECT worker, id, substr(goal, 1, 160) AS goal, status, taken, ended FROM (
      SELECT worker_id AS worker, id, goal, status, unixepoch(coalesce(started_at, claimed_at)) AS taken,
        CASE WHEN status IN ('done', 'failed') THEN unixepoch(coalesce(completed_at, updated_at)) END AS ended
      FROM tasks WHERE worker_id IS NOT NULL AND (?1 IS NULL OR rowid IN (SELECT value FROM json_each(?1)))
      UNION ALL
      SELECT steps.worker_id, tasks.id, goal, 'released', min(unixepoch(steps.started_at)), max(unixepoch(coalesce(steps.completed_at, steps.started_at)))
      FROM tasks CROSS JOIN steps ON steps.task_id = tasks.id
      WHERE retry_count > 0 AND steps.worker_id IS NOT NULL AND steps.worker_id IS NOT tasks.worker_id GROUP BY tasks.id, steps.worker_id
    ) WHERE taken IS NOT NULL AND taken * 1000 <= ?2 AND coalesce(ended * 1000, ?2) >= ?3 AND (?4 IS NULL OR worker = ?4)
    ORDER BY coalesce(ended, taken) DESC LIMIT ${SPAN_CAP + 1}`, [latest, to, from, worker]);
  const spans = rows.slice(0, SPAN_CAP).map(({ taken, ended, ...rest }): Span => ({ ...rest, from: taken * 1000, to: ended === null ? null : ended * 1000 }));
  return { spans, isCut: rows.length > SPAN_CAP, from: minutes === null ? Math.min(from, ...spans.map((span) => span.from)) : from, to };
}

/** Rowids of the tasks that ended last in this time (seconds), or are still held: no more than a chart can show. */
function latestHeld({ count, taken, closed, status, statuses, rowid }: Census, from: number, to: number): number[] {
  const isOpen = statuses.map((name) => name === "claimed" || name === "in_progress");
  const held: { end: number; rowid: number }[] = [];
  for (let at = 0; at < count; at++) {
    const end = isOpen[status[at]!] === true ? Infinity : closed[at]!;
    if (taken[at]! <= to && end >= from) held.push({ end, rowid: rowid[at]! });
  }
  return held.sort((a, b) => b.end - a.end).slice(0, SPAN_CAP + 1).map((each) => each.rowid);
}
