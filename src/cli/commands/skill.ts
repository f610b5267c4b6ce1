import type { Context } from "../context.ts";
import { SKILL } from "../skill-text.ts";

export async function run(context: Context): Promise<void> {
  await context.terminal.write(`${SKILL}\n`);
}
