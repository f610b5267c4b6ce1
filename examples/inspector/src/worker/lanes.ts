import { SPAN_CAP, type Lanes, type Span } from "../shared/protocol.ts";
import { lifetime, type Census } from "./census.ts";
import type { Database } from "./database.ts";

/** Tasks given back that are looked into: each takes a look at its steps. */
const GIVEN_BACK = 300;

interface Row {
  worker: string;
  id: string;
  goal: string;
  status: string;
  taken: number;
  ended: number | null;
}

/**
 * Who held what when. A task's row tells of its last holder; of those before, whose
 * claims were taken back, the steps they worked on tell.
 */
export async function lanes(db: Database, census: Census, minutes: number | null, worker: string | null, asOf: number): Promise<Lanes> {
  const life = lifetime(census);
  if (life === undefined) return { spans: [], isCut: false, from: asOf, to: asOf };
  const to = minutes === null ? life.to : asOf;
  const from = minutes === null ? life.from : to - minutes * 60_000;
  const own = worker === null ? undefined : new Set([...(await db.rowids("SELECT rowid FROM tasks WHERE worker_id = ?", [worker]))].map(Number));
  const inTime = latestFirst(census, from / 1000, to / 1000);
  const held = inTime.filter(({ rowid }) => own === undefined || own.has(rowid));
  const spans = [
    ...(await holders(db, held.slice(0, SPAN_CAP).map(({ rowid }) => rowid))),
    ...(await holdersBefore(db, inTime.filter(({ isRetried }) => isRetried).slice(0, GIVEN_BACK).map(({ rowid }) => rowid))),
  ].filter((row) => (worker === null || row.worker === worker) && row.taken * 1000 <= to && (row.ended ?? Infinity) * 1000 >= from)
    .map(({ taken, ended, ...rest }): Span => ({ ...rest, from: taken * 1000, to: ended === null ? null : ended * 1000 }))
    .sort((a, b) => (b.to ?? Infinity) - (a.to ?? Infinity) || b.from - a.from);
  return { spans, isCut: held.length > SPAN_CAP, from: minutes === null ? Math.min(from, ...spans.map((span) => span.from)) : from, to };
}

function holders(db: Database, rowids: readonly number[]): Promise<Row[]> {
  return db.all<Row>(`
    SELECT worker_id AS worker, tasks.id, substr(goal, 1, 160) AS goal, status, unixepoch(coalesce(started_at, claimed_at)) AS taken,
      CASE WHEN status IN ('done', 'failed') THEN unixepoch(coalesce(completed_at, updated_at)) END AS ended
    FROM json_each(?) AS wanted CROSS JOIN tasks ON tasks.rowid = wanted.value WHERE worker_id IS NOT NULL AND taken IS NOT NULL`, [JSON.stringify(rowids)]);
}

function holdersBefore(db: Database, rowids: readonly number[]): Promise<Row[]> {
  return db.all<Row>(`
    SELECT steps.worker_id AS worker, tasks.id, substr(goal, 1, 160) AS goal, 'released' AS status,
      min(unixepoch(steps.started_at)) AS taken, max(unixepoch(coalesce(steps.completed_at, steps.started_at))) AS ended
    FROM json_each(?) AS wanted CROSS JOIN tasks ON tasks.rowid = wanted.value CROSS JOIN steps ON steps.task_id = tasks.id
    WHERE steps.worker_id IS NOT NULL AND steps.worker_id IS NOT tasks.worker_id GROUP BY tasks.id, steps.worker_id HAVING taken IS NOT NULL`, [JSON.stringify(rowids)]);
}

/** Tasks that were held in this time (seconds), those that ended last first; who still holds one, before all. */
function latestFirst(census: Census, from: number, to: number): { end: number; rowid: number; isRetried: boolean }[] {
  const { count, taken, status, statuses, rowid, retries } = census;
  const isClosed = statuses.map((name) => name === "done" || name === "failed");
  const held: { end: number; rowid: number; isRetried: boolean }[] = [];
  for (let at = 0; at < count; at++) {
    const end = isClosed[status[at]!] === true ? census.closed(at) : Infinity;
    // Of a task that waits again, only those who had it before are known.
    if (!(taken[at]! > to) && end >= from) held.push({ end, rowid: rowid[at]!, isRetried: retries[at]! > 0 });
  }
  return held.sort((a, b) => (b.end === a.end ? 0 : b.end - a.end));
}
