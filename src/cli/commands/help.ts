import type { Context } from "../context.ts";
import { commandHelp, exitCodeHelp, overview } from "../help.ts";
import { COMMANDS } from "../table/index.ts";
import { nearest, usage } from "../usage.ts";

export async function run(context: Context): Promise<void> {
  const topic = context.args("topic").join(" ");
  const strong = (text: string): string => context.style("strong", text);
  await context.terminal.write(`${pageOf(topic, strong).join("\n")}\n`);
}

function pageOf(topic: string, strong: (text: string) => string): string[] {
  if (topic === "") return overview(COMMANDS, strong);
  if (topic === "exit-codes") return exitCodeHelp(strong);
  const spec = COMMANDS.find(({ name }) => name === topic);
  if (spec !== undefined) return commandHelp(spec, strong);
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${topic} `));
  if (group.length > 0) return group.flatMap((each, at) => (at === 0 ? commandHelp(each, strong) : ["", ...commandHelp(each, strong)]));
  const near = nearest(topic, [...COMMANDS.map(({ name }) => name), "exit-codes"]);
  throw usage(`there is no help on ${topic}`, near === undefined ? "colony help lists the commands" : `did you mean colony help ${near}?`);
}
