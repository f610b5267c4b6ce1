import type { StepDuration, StepWalk } from "../shared/protocol.ts";
import type { Database } from "./database.ts";

/** What one walk over the steps tells: how many are done, and how long they took, by title. */

/** Titles kept apart; colonies that name every step anew have more. */
const TITLES = 5000;
const TITLES_SHOWN = 12;

interface Spans {
  failed: number;
  ms: number[];
}

export async function walkSteps(db: Database): Promise<StepWalk> {
  const byTitle = new Map<string, Spans>();
  const walk: StepWalk = { total: 0, done: 0, titles: [], titleCount: 0 };
  await db.each(`
    SELECT status IN ('done', 'skipped'), status = 'failed', unixepoch(completed_at) - unixepoch(started_at) AS seconds,
      CASE WHEN completed_at IS NOT NULL AND started_at IS NOT NULL THEN substr(title, 1, 80) END FROM steps`, [],
  ([isDone, isFailed, seconds, title]) => {
    walk.total++;
    walk.done += Number(isDone);
    if (title === null || seconds === null) return;
    const name = String(title);
    let spans = byTitle.get(name);
    if (spans === undefined) {
      walk.titleCount++;
      if (byTitle.size >= TITLES) return;
      byTitle.set(name, (spans = { failed: 0, ms: [] }));
    }
    spans.ms.push(Math.max(0, Number(seconds)) * 1000);
    spans.failed += Number(isFailed);
  });
  const sums = new Map([...byTitle].map(([title, spans]) => [summary(title, spans), spans.ms.reduce((sum, ms) => sum + ms, 0)]));
  walk.titles = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, TITLES_SHOWN).map(([each]) => each);
  return walk;
}

function summary(title: string, { failed, ms }: Spans): StepDuration {
  const sorted = Float64Array.from(ms).sort();
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { title, failed, count: sorted.length, medianMs: at(0.5), p90Ms: at(0.9), maxMs: at(1) };
}
