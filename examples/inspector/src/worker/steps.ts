import type { StepDuration, StepWalk } from "../shared/protocol.ts";

/** How many steps are done, and how long they took, by title. */

/** Titles kept apart; colonies that name every step anew have more. */
const TITLES = 5000;
const TITLES_SHOWN = 12;

interface Spans {
  failed: number;
  ms: number[];
}

export const STEP_COLUMNS = `status IN ('done', 'skipped'), status = 'failed', unixepoch(completed_at) - unixepoch(started_at),
  CASE WHEN completed_at IS NOT NULL AND started_at IS NOT NULL THEN substr(title, 1, 80) END`;

/** Counts steps as they are read. */
export class StepTally {
  readonly #byTitle = new Map<string, Spans>();
  #total = 0;
  #done = 0;
  #titleCount = 0;

  /** A row of `STEP_COLUMNS`. */
  add([isDone, isFailed, seconds, title]: readonly unknown[]): void {
    this.#total++;
    this.#done += Number(isDone);
    if (typeof title !== "string" || seconds === null) return;
    let spans = this.#byTitle.get(title);
    if (spans === undefined) {
      this.#titleCount++;
      if (this.#byTitle.size >= TITLES) return;
      this.#byTitle.set(title, (spans = { failed: 0, ms: [] }));
    }
    spans.ms.push(Math.max(0, Number(seconds)) * 1000);
    spans.failed += Number(isFailed);
  }

  summary(): StepWalk {
    const sums = new Map([...this.#byTitle].map(([title, spans]) => [summary(title, spans), spans.ms.reduce((sum, ms) => sum + ms, 0)]));
    const longestFirst = [...sums].toSorted(([, a], [, b]) => b - a).map(([each]) => each);
    return { total: this.#total, done: this.#done, titles: longestFirst.slice(0, TITLES_SHOWN), titleCount: this.#titleCount };
  }
}

function summary(title: string, { failed, ms }: Spans): StepDuration {
  const sorted = Float64Array.from(ms).sort();
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { title, failed, count: sorted.length, medianMs: at(0.5), p90Ms: at(0.9), maxMs: at(1) };
}
