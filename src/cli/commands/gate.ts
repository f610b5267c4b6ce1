import type { Context } from "../context.ts";
import { claimRef } from "../claim-ref.ts";
import { gateLines } from "../output/plan.ts";
import { textOf } from "../stdin.ts";

/** `gate list` and `gate done`. */
export async function run(context: Context): Promise<void> {
  const idOrPrefix = context.arg("id")!;
  if (context.spec.name === "gate list") {
    const db = await context.open();
    const { sop_items } = await db.getTask(await db.findTaskId(idOrPrefix));
    await context.print({
      name: "gates", rows: sop_items.map((item) => ({ ...item })), fields: ["key", "required", "done_at", "done_by", "description"],
      human: () => (sop_items.length === 0 ? ["no gates"] : gateLines(sop_items, context.style)),
    });
    return;
  }
  const note = await textOf(context, "note");
  const db = await context.open();
  const claim = await claimRef(context, db, idOrPrefix);
  for (const key of context.args("key")) await db.checkOffSopItem(claim, key, { note });
  const items = (await db.getTask(claim.id)).sop_items.filter(({ key }) => context.args("key").includes(key));
  await context.print({ name: "gates", rows: items.map((item) => ({ ...item })), fields: ["key", "done_at", "done_by", "note"], human: () => gateLines(items, context.style) });
}
