import type { Task } from "../../types.ts";
import type { Context } from "../context.ts";
import { wholeTask } from "../output/task.ts";
import { wordsOf } from "../stdin.ts";

export async function run(context: Context): Promise<void> {
  const words = await wordsOf(context, "id");
  const db = await context.open();
  const tasks: Task[] = [];
  for (const word of words) tasks.push(await db.getTask(await db.findTaskId(word)));
  const single = tasks.length === 1;
  await context.print({
    name: single ? "task" : "tasks", single, rows: tasks.map((task) => ({ ...task })),
    fields: ["id", "status", "priority", "worker_id", "goal"],
    human: () => tasks.flatMap((task, at) => [...(at === 0 ? [] : ["", context.style("dim", "─".repeat(40)), ""]), ...wholeTask(task, context.style)]),
  });
}
