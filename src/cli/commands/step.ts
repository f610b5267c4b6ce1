import type { Context } from "../context.ts";
import { claimRef } from "../claim-ref.ts";
import { statusWord } from "../output/style.ts";
import { oneLine } from "../output/text.ts";
import { textOf } from "../stdin.ts";
import { usage } from "../usage.ts";

/** `step start`, `step done`, `step fail` and `step skip`: the second word is the verb. */
export async function run(context: Context): Promise<void> {
  const [, verb] = context.spec.name.split(" ");
  const word = context.arg("step")!;
  const step = /^\d{1,15}$/.test(word) ? Number(word) : word;
  const evidence = await textOf(context, "evidence");
  if (verb === "done" && (evidence === undefined || evidence === "")) {
    throw usage("step done needs --evidence TEXT: what shows that it is done", "such as a commit, a file, a count, a URL");
  }
  const db = await context.open();
  const claim = await claimRef(context, db, context.arg("id")!);
  const before = await db.getTask(claim.id);
  if (before.status === "claimed") await db.startTask(claim);
  switch (verb) {
    case "start": await db.startStep(claim, step); break;
    case "done": await db.completeStep(claim, step, { evidence: evidence! }); break;
    case "fail": await db.failStep(claim, step, { evidence }); break;
    default: await db.skipStep(claim, step, { evidence });
  }
  const row = (await db.getTask(claim.id)).steps.find((each) => (typeof step === "number" ? each.seq === step : each.id === step))!;
  await context.print({
    name: "step", single: true, rows: [{ ...row }], fields: ["task_id", "seq", "status", "title"],
    human: () => [`${statusWord(context.style, row.status)}  step ${row.seq}  ${oneLine(row.title)}`],
  });
}
