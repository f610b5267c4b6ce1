import type { StatusHistory, StepDuration, StepDurations } from "../shared/protocol.ts";
import type { Database } from "./database.ts";

/** What the rows' times tell about the past: which task had which status when, and how long steps took. */

const BUCKETS = 96;
/** Titles of steps kept apart; colonies that name every step anew have more. */
const TITLES = 5000;
const TITLES_SHOWN = 12;

/** The whole time of the colony, milliseconds since 1970; `undefined` without tasks. */
export async function lifetime(db: Database): Promise<{ from: number; to: number } | undefined> {
  const row = await db.get<{ first: number | null; last: number | null }>("SELECT min(unixepoch(created_at)) AS first, max(unixepoch(updated_at)) AS last FROM tasks");
  return row?.first == null ? undefined : { from: row.first * 1000, to: Math.max(row.first, row.last ?? row.first) * 1000 };
}

/** A task counts as pending from its creation, as held from its start, as done or failed from its completion. */
export async function statusHistory(db: Database): Promise<StatusHistory> {
  const life = await lifetime(db);
  if (life === undefined) return { bucketMs: 1, points: [] };
  const bucketMs = Math.max(1000, Math.ceil((life.to - life.from) / BUCKETS / 1000) * 1000);
  const count = Math.max(1, Math.ceil((life.to - life.from + 1000) / bucketMs));
  const steps = { created: new Float64Array(count + 1), taken: new Float64Array(count + 1), done: new Float64Array(count + 1), failed: new Float64Array(count + 1) };
  const place = (seconds: unknown): number => Math.max(0, Math.min(count - 1, Math.floor((Number(seconds) * 1000 - life.from) / bucketMs)));
  await db.each(`
    SELECT status, unixepoch(created_at), unixepoch(coalesce(started_at, claimed_at)), unixepoch(coalesce(completed_at, updated_at)) FROM tasks`, [],
  ([status, created, taken, completed]) => {
    steps.created[place(created)]!++;
    if (status === "pending") return;
    // Whoever is closed without having been taken was pending until then.
    const isClosed = status === "done" || status === "failed";
    const takenAt = place(taken ?? completed ?? created);
    steps.taken[takenAt]!++;
    if (isClosed) steps[status][Math.max(takenAt, place(completed))]!++;
  });
  let [created, taken, done, failed] = [0, 0, 0, 0];
  const points = Array.from({ length: count }, (_, index) => {
    created += steps.created[index]!;
    taken += steps.taken[index]!;
    done += steps.done[index]!;
    failed += steps.failed[index]!;
    return { at: life.from + (index + 1) * bucketMs, pending: created - taken, held: taken - done - failed, done, failed };
  });
  return { bucketMs, points };
}

export async function stepDurations(db: Database): Promise<StepDurations> {
  const byTitle = new Map<string, { failed: number; spans: number[] }>();
  let titleCount = 0;
  await db.each(`
    SELECT substr(title, 1, 80), unixepoch(completed_at) - unixepoch(started_at), status = 'failed' FROM steps
    WHERE started_at IS NOT NULL AND completed_at IS NOT NULL`, [],
  ([title, seconds, isFailed]) => {
    const name = String(title);
    let found = byTitle.get(name);
    if (found === undefined) {
      titleCount++;
      if (byTitle.size >= TITLES) return;
      byTitle.set(name, (found = { failed: 0, spans: [] }));
    }
    found.spans.push(Math.max(0, Number(seconds)) * 1000);
    found.failed += Number(isFailed);
  });
  const sums = new Map<StepDuration, number>();
  for (const [title, { failed, spans }] of byTitle) {
    const sorted = Float64Array.from(spans).sort();
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
    const found = { title, failed, count: sorted.length, medianMs: at(0.5), p90Ms: at(0.9), maxMs: at(1) };
    sums.set(found, sorted.reduce((sum, span) => sum + span, 0));
  }
  const longestFirst = [...sums].toSorted(([, a], [, b]) => b - a).map(([found]) => found);
  return { titles: longestFirst.slice(0, TITLES_SHOWN), titleCount };
}
