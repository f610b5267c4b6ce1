import { EXITS } from "./exit-codes.ts";
import { AUDIENCES, GLOBAL_FLAGS, type ArgSpec, type Audience, type CommandSpec, type FlagSpec } from "./spec.ts";

/** Help, made from the table. Lines of at most 80 columns, before styling. */

const TITLES: Readonly<Record<Audience, string>> = {
  worker: "For workers", queen: "For queens", human: "For whoever looks", any: "For all",
};

export function overview(commands: readonly CommandSpec[], strong: (text: string) => string): string[] {
  const widest = Math.max(...commands.map((each) => each.name.length));
  return [
    "colony: a Hive colony's task queue and progress ledger, on the command line.", "",
    `${strong("Usage")}: colony COMMAND [ARGUMENTS] [FLAGS]`, "",
    ...AUDIENCES.flatMap((audience) => [
      strong(TITLES[audience]),
      ...commands.filter((each) => each.for === audience).map((each) => `  ${each.name.padEnd(widest)}  ${each.summary}`),
      "",
    ]),
    strong("Flags of every command"), ...flagLines(GLOBAL_FLAGS), "",
    "colony help COMMAND   what it takes, with examples",
    "colony help exit-codes   what 3, 4, 5, 6 … mean",
    "colony skill   how a worker agent uses all this",
  ];
}

export function commandHelp(spec: CommandSpec, strong: (text: string) => string): string[] {
  const own = spec.flags ?? [];
  const exits = exitsOf(spec);
  return [
    `${strong(`colony ${spec.name}`)}: ${spec.summary}`, "",
    ...(spec.details === undefined ? [] : [...wrap(spec.details, 80), ""]),
    `${strong("Usage")}: ${usageLine(spec)}`, "",
    ...section("Arguments", (spec.args ?? []).map((arg) => [arg.name.toUpperCase(), argText(arg)]), strong),
    ...(own.length === 0 ? [] : [strong("Flags"), ...flagLines(own), ""]),
    ...(exits.length === 0 ? [] : section("Exit codes", exits.map(({ exit, meaning }) => [String(exit), meaning]), strong)),
    ...((spec.examples ?? []).length === 0 ? [] : [strong("Examples"), ...spec.examples!.map((example) => `  ${example}`), ""]),
    "Flags of every command (--db, --json, --fields, --timeout …): colony help",
  ];
}

export function exitCodeHelp(strong: (text: string) => string): string[] {
  return [
    `${strong("Exit codes")} of colony`, "",
    ...EXITS.flatMap(({ exit, codes, meaning, next }) => [
      ...pair([strong(String(exit).padEnd(3)), 3], meaning),
      ...(codes.length === 0 ? [] : pair(["", 3], `code: ${codes.join(", ")}`)),
      ...(next === "" ? [] : pair(["", 3], `→ ${next}`)),
    ]), "",
    ...wrap("With --json an error is one line of JSON on stderr: {\"error\":{\"code\",\"exit\",\"message\",\"retryable\",\"hint\",\"details\"}}. "
      + "Only exit code 5 is worth trying again as it is.", 80),
  ];
}

export function usageLine(spec: CommandSpec): string {
  const args = (spec.args ?? []).map((arg) => {
    const word = arg.choices?.join("|") ?? arg.name.toUpperCase();
    const many = arg.many === true ? `${word}…` : word;
    return arg.optional === true ? `[${many}]` : many;
  });
  return ["colony", spec.name, ...args, ...((spec.flags ?? []).length > 0 ? ["[FLAGS]"] : [])].join(" ");
}

/** The codes a command may end with, in order. */
export function exitsOf(spec: CommandSpec): typeof EXITS {
  const own = new Set([0, 1, 2, ...(spec.standalone === true ? [] : [5, 7, 11]), ...(spec.writes === true ? [8, 12] : []), ...(spec.exits ?? [])]);
  return EXITS.filter(({ exit }) => own.has(exit));
}

export function flagUsage(flag: FlagSpec): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  return `${short}--${flag.name}${flag.type === undefined ? "" : ` ${flag.choices?.join("|") ?? flag.value ?? "VALUE"}`}`;
}

export function flagText(flag: FlagSpec): string {
  const facts = [
    ...(flag.many === true ? ["may be given again"] : []),
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
    ...(flag.env === undefined ? [] : [`or ${flag.env}`]),
  ];
  return facts.length === 0 ? flag.what : `${flag.what} (${facts.join("; ")})`;
}

function argText(arg: ArgSpec): string {
  return arg.many === true ? `${arg.what}; any number of them` : arg.what;
}

function flagLines(flags: readonly FlagSpec[]): string[] {
  const widest = Math.max(...flags.map((flag) => flagUsage(flag).length));
  return flags.flatMap((flag) => pair([flagUsage(flag), Math.min(widest, 24)], flagText(flag)));
}

function section(title: string, pairs: readonly (readonly [string, string])[], strong: (text: string) => string): string[] {
  if (pairs.length === 0) return [];
  const widest = Math.max(...pairs.map(([left]) => left.length));
  return [strong(title), ...pairs.flatMap(([left, right]) => pair([left, widest], right)), ""];
}

/** A word and what it means, beside it or, when the word is long, below. */
function pair([left, columns]: readonly [string, number], right: string): string[] {
  const [first = "", ...more] = wrap(right, 80 - columns - 4);
  const indent = " ".repeat(columns + 4);
  const rest = more.map((line) => indent + line);
  return left.length > columns && columns > 3 ? [`  ${left}`, indent + first, ...rest] : [`  ${left.padEnd(columns)}  ${first}`, ...rest];
}

export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}
