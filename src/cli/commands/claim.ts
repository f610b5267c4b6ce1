import type { Context } from "../context.ts";
import { CliError } from "../usage.ts";
import { workerOf } from "../worker-id.ts";

export async function run(context: Context): Promise<void> {
  const workerId = workerOf(context);
  const db = await context.open();
  const claim = await db.claimTask({ workerId });
  if (claim === null) throw new CliError("NOTHING_TO_CLAIM", "nothing to claim", "the queue is drained: end the loop, or wait with --wait");
  await context.print({ name: "task", single: true, rows: [{ ...claim }], human: () => [`${claim.id}`] });
}
