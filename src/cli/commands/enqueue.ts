import type { SopItemInput } from "../../types.ts";
import type { Context } from "../context.ts";
import { oneLine } from "../output/text.ts";
import { readStdin, readText, textOf } from "../stdin.ts";
import { usage } from "../usage.ts";

export async function run(context: Context): Promise<void> {
  const goal = await textOf(context, "goal");
  if (goal === undefined || goal === "") throw usage("enqueue needs --goal TEXT: what is to be done");
  const payload = await payloadOf(context);
  const steps = context.list("step").map((title) => ({ title }));
  const sop_items = [...context.list("gate").map((each) => gateOf(each, true)), ...context.list("optional-gate").map((each) => gateOf(each, false))];
  const db = await context.open();
  const parent = context.text("parent");
  const id = await db.enqueueTask(goal, {
    id: context.text("id"), payload, steps, sop_items,
    priority: context.number("priority"), seq: context.number("seq"), max_retries: context.number("max-retries"),
    parent_task_id: parent === undefined ? undefined : await db.findTaskId(parent), source: context.text("source"),
  });
  await context.print({ name: "task", single: true, rows: [{ id }], human: () => [oneLine(id)] });
}

/** As text, so that it is stored as it stands. */
async function payloadOf(context: Context): Promise<string | undefined> {
  const value = context.text("payload");
  if (value === "-") return readStdin();
  return value?.startsWith("@") === true ? readText(value.slice(1)) : value;
}

function gateOf(text: string, required: boolean): SopItemInput {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) throw usage(`a gate is KEY=TEXT, not ${text}`, "as in --gate 'proofread=Somebody else has read it'");
  return { key: text.slice(0, at), description: text.slice(at + 1), required };
}
