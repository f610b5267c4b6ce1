import type { Context } from "../context.ts";
import { eachClaim, printStatuses } from "../each-task.ts";
import { wordsOf } from "../stdin.ts";

/** A worker gives back its own claim; whoever names neither worker nor token, or says --force, takes it from whoever has it. */
export async function run(context: Context): Promise<void> {
  const isWorker = [context.text("worker"), context.text("token")].some((each) => each !== undefined && each !== "");
  if (isWorker && !context.is("force")) {
    await eachClaim(context, async (db, claim) => {
      await db.releaseTask(claim);
      return "pending";
    });
    return;
  }
  const db = await context.open();
  const ids = await Promise.all((await wordsOf(context, "id")).map((id) => db.findTaskId(id)));
  await db.revokeClaims(ids);
  await printStatuses(context, ids.map((id) => ({ id, status: "pending" })), ids.length === 1);
}
