import type { Context } from "../context.ts";
import { printTasks } from "./list.ts";

export async function run(context: Context): Promise<void> {
  const olderThan = context.number("older-than");
  const db = await context.open();
  const tasks = await db.listTasks({ staleAfterMinutes: (olderThan ?? 15 * 60_000) / 60_000 });
  await printTasks(context, tasks, { isCut: false, isPaged: false, empty: "no stale claims" });
  if (tasks.length > 0) context.remark("give them back: colony reclaim");
}
