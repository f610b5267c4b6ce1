import { resolve } from "node:path";
import { systemClock } from "../../clock.ts";
import { writeReport } from "../../inspect/report.ts";
import type { Context } from "../context.ts";
import { databaseOf } from "../database.ts";

export async function run(context: Context): Promise<void> {
  const out = resolve(context.arg("out") ?? "");
  const bytes = await writeReport(await databaseOf(context), out, systemClock, context.signal);
  await context.print({ name: "report", single: true, fields: ["path", "bytes"], rows: [{ path: out, bytes }], human: () => [out] });
}
