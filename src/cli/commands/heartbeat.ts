import type { Context } from "../context.ts";
import { eachClaim } from "../each-task.ts";

export async function run(context: Context): Promise<void> {
  await eachClaim(context, async (db, claim) => {
    await db.heartbeat(claim);
    return (await db.getTask(claim.id)).status;
  });
}
