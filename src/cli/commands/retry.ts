import type { Context } from "../context.ts";
import { printStatuses } from "../each-task.ts";
import { wordsOf } from "../stdin.ts";
import { usage } from "../usage.ts";

export async function run(context: Context): Promise<void> {
  const words = await wordsOf(context, "id");
  const error = context.text("error");
  if ((words.length > 0) === context.is("failed")) {
    throw usage(words.length > 0 ? "give ids or --failed, not both" : "retry needs ids, or --failed for all that failed");
  }
  const db = await context.open();
  const ids = words.length === 0 ? undefined : await Promise.all(words.map((word) => db.findTaskId(word)));
  const retried = await db.retryTasks({ ids, error, resetRetries: context.is("reset-retries") });
  await printStatuses(context, retried.map((id) => ({ id, status: "pending" })));
  context.remark(`${retried.length} ${context.is("dry-run") ? "would be given" : "given"} back to the queue`);
}
