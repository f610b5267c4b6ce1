import { harmless, paint } from "./text.mjs";

const LARGEST_GROUPS = 5;

/** What there is to tell at the end. */
export async function summary(db, { seconds, firstRush, victim }) {
  const { total, byStatus, steps } = await db.getProgress();
  const lines = [
    `${total} tasks: ${paint("green", `${byStatus.done} done`)}, ${paint("red", `${byStatus.failed} failed`)}`
      + `, ${steps.done} of ${steps.total} steps done, in ${pace(total, seconds)}`,
  ];
  if (firstRush.tasks < total) {
    lines.push(`${firstRush.tasks} of them in ${pace(firstRush.tasks, firstRush.seconds)}; the rest of the time was waiting for a dead worker's claim`);
  }
  if (victim?.task !== undefined) {
    const task = await db.getTask(victim.task.id);
    lines.push("", `${victim.workerId} was killed with "${harmless(task.goal)}" in hand.`,
      `The claim came back (retry_count ${task.retry_count}), and ${task.worker_id} finished it: ${task.status}.`);
  }
  lines.push("", paint("bold", "Failures"));
  const groups = failuresByProblem(await db.listTasks({ status: "failed" }));
  for (const [problem, { count, example }] of groups.slice(0, LARGEST_GROUPS)) {
    lines.push(`${String(count).padStart(5)}  ${harmless(problem)}`, `       e.g. ${harmless(example)}`);
  }
  if (groups.length > LARGEST_GROUPS) lines.push(`       and ${groups.length - LARGEST_GROUPS} problems more`);
  lines.push("", `Database: ${db.path}`,
    `Look at it: sqlite3 ${quoted(db.path)} "SELECT status, count(*) FROM tasks GROUP BY status"`);
  return `${lines.join("\n")}\n`;
}

/** A `last_error` names its problem before the colon; largest groups first. */
function failuresByProblem(tasks) {
  const groups = new Map();
  for (const { goal, last_error: error } of tasks) {
    const [problem] = error.split(":");
    const group = groups.get(problem) ?? { count: 0, example: `${goal}: ${error}` };
    groups.set(problem, { ...group, count: group.count + 1 });
  }
  return [...groups].toSorted(([, a], [, b]) => b.count - a.count);
}

function pace(tasks, seconds) {
  return `${seconds.toFixed(1)} s (${(tasks / seconds).toFixed(1)} tasks/s)`;
}

function quoted(path) {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
