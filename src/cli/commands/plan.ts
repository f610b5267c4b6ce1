import type { Context } from "../context.ts";
import { planLines } from "../output/plan.ts";
import { oneLine } from "../output/text.ts";

export async function run(context: Context): Promise<void> {
  const db = await context.open();
  const { id, goal, status, steps, sop_items } = await db.getTask(await db.findTaskId(context.arg("id")!));
  await context.print({
    name: "plan", single: true, rows: [{ id, goal, status, steps, sop_items }],
    human: () => [`${context.style("strong", oneLine(id))}  ${oneLine(goal)}`, ...(steps.length + sop_items.length === 0 ? ["", "  no steps, no gates"] : planLines({ steps, sop_items }, context.style))],
  });
}
