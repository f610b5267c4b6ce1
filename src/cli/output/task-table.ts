import type { ProgressDb } from "../../progress-db.ts";
import type { TaskRow } from "../../types.ts";
import { columns, type Cell, type ColumnLayout } from "./columns.ts";
import { STATUS, type Style } from "./style.ts";
import { ago } from "./time.ts";

/** Tasks in columns: the same in `list`, `stale` and wherever else tasks are listed. */

const LAYOUT: readonly ColumnLayout[] = [
  { title: "ID" },
  { title: "STATUS" },
  { title: "PRIO", align: "right", expendable: 4 },
  { title: "STEPS", align: "right", expendable: 2 },
  { title: "GATES", align: "right", expendable: 3 },
  { title: "TRIES", align: "right", expendable: 5 },
  { title: "WORKER", shrinkTo: 8, expendable: 1 },
  { title: "AGE", align: "right", expendable: 6 },
  { title: "GOAL", shrinkTo: 12 },
];

/** Characters of an id that tell it from others in what is shown; never fewer than 8. */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const sorted = [...new Set(ids)].sort();
  const shared = (a: string, b: string | undefined): number => {
    let at = 0;
    while (b !== undefined && at < a.length && a[at] === b[at]) at++;
    return at;
  };
  return new Map(sorted.map((id, at) => {
    const needed = Math.max(8, shared(id, sorted[at - 1]) + 1, shared(id, sorted[at + 1]) + 1);
    return [id, id.length <= needed + 2 ? id : id.slice(0, needed)];
  }));
}

export async function taskTable(db: ProgressDb, tasks: readonly TaskRow[], style: Style, room: number): Promise<string[]> {
  if (tasks.length === 0) return [];
  const parts = await db.countParts(tasks.map(({ id }) => id));
  const short = shortIds(tasks.map(({ id }) => id));
  const rows = tasks.map((task, at): Cell[] => {
    const { steps, stepsEnded, gates, gatesDone, gatesBlocking } = parts[at]!;
    const { mark, tone } = STATUS[task.status] ?? { mark: "?", tone: "warn" as const };
    const isInHand = task.status === "claimed" || task.status === "in_progress";
    return [
      { text: room === Infinity ? task.id : short.get(task.id)! },
      { text: `${mark} ${task.status.replace("_", " ")}`, tone },
      { text: task.priority === 0 ? "" : String(task.priority) },
      { text: steps === 0 ? "" : `${stepsEnded}/${steps}` },
      { text: gates === 0 ? "" : `${gatesDone}/${gates}`, tone: isInHand && gatesBlocking > 0 ? "warn" : "plain" },
      { text: task.retry_count === 0 ? "" : `${task.retry_count}/${task.max_retries}` },
      { text: task.worker_id ?? "" },
      { text: ago(isInHand ? task.claimed_at : (task.completed_at ?? task.created_at)), tone: "dim" },
      { text: task.goal },
    ];
  });
  return columns(LAYOUT, rows, style, room);
}
