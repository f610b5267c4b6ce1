import type { TaskFilter, TaskRow, TaskStatus } from "../../types.ts";
import type { Context } from "../context.ts";
import { taskTable } from "../output/task-table.ts";
import { oneLine } from "../output/text.ts";

const LIMIT = 50;

export async function run(context: Context): Promise<void> {
  const statuses = context.list("status") as TaskStatus[];
  const [parent, after, limit] = [context.text("parent"), context.text("after"), context.number("limit") ?? LIMIT];
  const db = await context.open();
  const filter: TaskFilter = {
    status: statuses.length === 0 ? undefined : statuses,
    workerId: context.text("held-by"), source: context.text("source"), text: context.text("text"),
    parentTaskId: parent === undefined ? undefined : await db.findTaskId(parent),
    after: after === undefined ? undefined : await db.findTaskId(after),
    orderBy: context.text("sort") as TaskFilter["orderBy"], descending: context.is("reverse"),
  };
  const tasks = await db.listTasks(limit === 0 ? filter : { ...filter, limit: limit + 1 });
  await printTasks(context, limit === 0 ? tasks : tasks.slice(0, limit), { isCut: limit > 0 && tasks.length > limit, isPaged: filter.orderBy === undefined && filter.descending !== true, empty: "no such tasks" });
}

/** A list of tasks in the format asked for; says when it is cut, and how to go on. */
export async function printTasks(
  context: Context, tasks: readonly TaskRow[], { isCut, isPaged, empty }: { isCut: boolean; isPaged: boolean; empty: string },
): Promise<void> {
  const db = await context.open();
  const table = context.format === "human" ? await taskTable(db, tasks, context.style, context.terminal.columns) : [];
  const next = isCut && isPaged ? tasks.at(-1)?.id ?? null : null;
  await context.print({
    name: "tasks", rows: tasks.map((task) => ({ ...task })), more: { next }, fields: ["id", "status", "priority", "worker_id", "goal"],
    human: () => table,
  });
  if (tasks.length === 0) context.remark(empty);
  if (isCut) context.remark(`the first ${tasks.length}; ${next === null ? "" : `go on with --after ${oneLine(next)}, or `}see all with --limit 0`);
}
