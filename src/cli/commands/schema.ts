import type { Context } from "../context.ts";
import { exitsOf } from "../help.ts";
import { EXITS } from "../exit-codes.ts";
import { safeJson } from "../output/text.ts";
import { GLOBAL_FLAGS } from "../spec.ts";
import { COMMANDS } from "../table/index.ts";
import { usage } from "../usage.ts";
import { VERSION } from "../version.ts";

/** The table itself, for programs: it is JSON whatever the format. */
export async function run(context: Context): Promise<void> {
  const name = context.args("command").join(" ");
  const chosen = COMMANDS.filter((each) => name === "" || each.name === name || each.name.startsWith(`${name} `));
  if (chosen.length === 0) throw usage(`there is no command ${name}`, "colony help lists them");
  const document = {
    schema: 1, name: "colony", version: VERSION,
    commands: chosen.map((spec) => ({
      name: spec.name, for: spec.for, summary: spec.summary, details: spec.details ?? null, writes: spec.writes ?? false,
      args: spec.args ?? [], flags: spec.flags ?? [], exits: exitsOf(spec).map(({ exit }) => exit), examples: spec.examples ?? [],
    })),
    ...(name === "" ? { flags: GLOBAL_FLAGS, exits: EXITS } : {}),
  };
  await context.terminal.write(`${safeJson(document, 2)}\n`);
}
