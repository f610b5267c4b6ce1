import type { Context } from "../context.ts";
import { printStatuses } from "../each-task.ts";

export async function run(context: Context): Promise<void> {
  const olderThan = context.number("older-than");
  const db = await context.open();
  const { returned, failed } = await db.reclaimClaims(olderThan === undefined ? undefined : olderThan / 60_000);
  await printStatuses(context, [...returned.map((id) => ({ id, status: "pending" })), ...failed.map((id) => ({ id, status: "failed" }))]);
  const would = context.is("dry-run") ? "would be " : "";
  context.remark(`${returned.length} ${would}given back, ${failed.length} ${would}failed: their retries are spent`);
}
