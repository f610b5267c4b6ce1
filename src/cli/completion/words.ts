import { GLOBAL_FLAGS, type CommandSpec, type FlagSpec } from "../spec.ts";

/** The words that shells complete, from the table. */

/** Prints ids and goals, between tabs; asks the ledger, but never waits long for it. */
export const IDS = "colony list --limit 200 --plain --fields id,goal --timeout 200ms 2>/dev/null";

export function flagsOf(spec: CommandSpec): FlagSpec[] {
  return [...(spec.flags ?? []), ...GLOBAL_FLAGS];
}

/** A flag as it is typed, its short form too. */
export function dashed(flag: FlagSpec): string[] {
  return [`--${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])];
}

/** First words of commands that have two. */
export function groups(commands: readonly CommandSpec[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(" ")).filter((words) => words.length > 1).map(([first]) => first!))];
}

export function firstWords(commands: readonly CommandSpec[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(" ")[0]!))];
}

export function secondWords(commands: readonly CommandSpec[], group: string): string[] {
  return commands.map(({ name }) => name.split(" ")).filter(([first, second]) => first === group && second !== undefined).map(([, second]) => second!);
}

/** Every flag, of whichever command, that takes the next word. */
export function valueFlags(commands: readonly CommandSpec[]): string[] {
  return [...new Set([...GLOBAL_FLAGS, ...commands.flatMap((spec) => spec.flags ?? [])].filter((flag) => flag.type !== undefined).flatMap(dashed))];
}

export function singleQuoted(text: string, quote: string): string {
  return `'${text.replaceAll("'", quote)}'`;
}
