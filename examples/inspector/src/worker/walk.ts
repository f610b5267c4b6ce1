import { Census, CENSUS_COLUMNS } from "./census.ts";
import type { Database } from "./database.ts";
import { nextTask } from "./next-task.ts";
import { StepTally } from "./steps.ts";

/**
 * One walk over the whole file, for all that the overview tells. The three tables are read
 * side by side, a slice of each at a time: a queen writes a task next to its steps and
 * gates, so the file is read once, from front to back. Between two slices the page's other
 * questions are answered.
 */
export interface Walk {
  census: Census;
  steps: StepTally;
  gates: { total: number; met: number };
  /** Rowids of tasks done with a required gate open. */
  doneWithOpenGate: Set<number>;
}

/** Tasks in a slice. */
const SLICE = 4096;

interface Slice {
  after: number;
  to: number;
}

export async function walk(db: Database): Promise<Walk> {
  const size = (await db.get<{ n: number }>("SELECT count(*) AS n FROM tasks"))?.n ?? 0;
  const found: Walk = { census: new Census(size), steps: new StepTally(), gates: { total: 0, met: 0 }, doneWithOpenGate: new Set() };
  const [tasks, steps, gates] = [await slices(db, "tasks"), await slices(db, "steps"), await slices(db, "sop_checklist")];
  const count = Math.max(1, Math.ceil(size / SLICE));
  for (let index = 0; index < count; index++) {
    const here = { tasks: tasks(index, count), steps: steps(index, count), gates: gates(index, count) };
    await db.each(`SELECT ${CENSUS_COLUMNS} FROM tasks NOT INDEXED WHERE rowid > ? AND rowid <= ?`, [here.tasks.after, here.tasks.to], (row) => found.census.add(row));
    await found.steps.read(db, here.steps.after, here.steps.to);
    await readGates(db, here.gates, here.tasks, found);
    await nextTask();
  }
  return found;
}

/** A table cut into equal ranges of rowids: the last one takes what is left. */
async function slices(db: Database, table: string): Promise<(index: number, count: number) => Slice> {
  const row = await db.get<{ first: number | null; last: number | null }>(
    `SELECT (SELECT min(rowid) FROM ${table}) AS first, (SELECT max(rowid) FROM ${table}) AS last`);
  const [before, last] = row?.first == null || row.last === null ? [0, 0] : [Number(row.first) - 1, Number(row.last)];
  const edge = (share: number): number => before + Math.round((last - before) * share);
  return (index, count) => ({ after: edge(index / count), to: edge((index + 1) / count) });
}

/** A gate whose task is not in the slice beside it is looked up by the task's id. */
async function readGates(db: Database, gates: Slice, tasks: Slice, found: Walk): Promise<void> {
  const counts = await db.get<{ total: number; met: number }>(
    "SELECT count(*) AS total, count(done_at) AS met FROM sop_checklist NOT INDEXED WHERE rowid > ? AND rowid <= ?", [gates.after, gates.to]);
  found.gates.total += counts?.total ?? 0;
  found.gates.met += counts?.met ?? 0;
  await db.each(`
    WITH beside AS MATERIALIZED (SELECT id, CASE status WHEN 'done' THEN rowid END AS done FROM tasks NOT INDEXED WHERE rowid > ? AND rowid <= ?)
    SELECT CASE WHEN beside.id IS NULL THEN (SELECT tasks.rowid FROM tasks WHERE tasks.id = task_id AND status = 'done') ELSE beside.done END
    FROM sop_checklist NOT INDEXED LEFT JOIN beside ON beside.id = task_id
    WHERE sop_checklist.rowid > ? AND sop_checklist.rowid <= ? AND required <> 0 AND done_at IS NULL`,
  [tasks.after, tasks.to, gates.after, gates.to], ([rowid]) => {
    if (rowid !== null) found.doneWithOpenGate.add(Number(rowid));
  });
}
