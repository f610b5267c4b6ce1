import type { Context } from "../context.ts";
import { columns, type Cell } from "../output/columns.ts";

export async function run(context: Context): Promise<void> {
  const db = await context.open();
  const gates = await db.getGates();
  await context.print({
    name: "gates", rows: gates.map((gate) => ({ ...gate })), fields: ["key", "required", "done", "open", "blocking", "description"],
    human: () => (gates.length === 0 ? [] : columns([
      { title: "GATE", shrinkTo: 10 },
      { title: "DONE", align: "right" },
      { title: "OPEN", align: "right" },
      { title: "BLOCKING", align: "right" },
      { title: "DESCRIPTION", shrinkTo: 12, expendable: 1 },
    ], gates.map((gate): Cell[] => [
      { text: gate.key },
      { text: String(gate.done), tone: gate.done > 0 ? "good" : "dim" },
      { text: String(gate.open), tone: gate.open > 0 ? "plain" : "dim" },
      { text: gate.blocking === 0 ? "" : String(gate.blocking), tone: "warn" },
      { text: gate.description },
    ]), context.style, context.terminal.columns)),
  });
  if (gates.length === 0) context.remark("no task has gates");
}
