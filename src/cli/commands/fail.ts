import type { Context } from "../context.ts";
import { eachClaim } from "../each-task.ts";
import { textOf } from "../stdin.ts";
import { usage } from "../usage.ts";

export async function run(context: Context): Promise<void> {
  const error = await textOf(context, "error");
  if (error === undefined || error === "") throw usage("fail needs --error TEXT: why", "whoever looks at it later has nothing else to go by");
  const retry = context.is("retry");
  await eachClaim(context, (db, claim) => db.failTask(claim, { error, retry }));
}
