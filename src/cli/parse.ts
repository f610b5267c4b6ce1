import { parseArgs } from "node:util";
import { GLOBAL_FLAGS, type ArgSpec, type CommandSpec, type FlagSpec } from "./spec.ts";
import { nearest, usage } from "./usage.ts";

/** The command line, checked against the table. */

export type FlagValue = boolean | string | number | string[];

export interface Parsed {
  readonly spec: CommandSpec | undefined;
  readonly args: ReadonlyMap<string, readonly string[]>;
  readonly flags: ReadonlyMap<string, FlagValue>;
  /** What follows the command's name, as it was given: for commands that parse for themselves. */
  readonly argv: readonly string[];
}

/** Throws USAGE. Without a command, `spec` is `undefined`. */
export function parse(argv: readonly string[], commands: readonly CommandSpec[], env: Readonly<Record<string, string | undefined>>): Parsed {
  const found = findCommand(argv, commands);
  if (found?.spec.raw === true) return parseRaw(found.spec, found.rest, env);
  const known = [...GLOBAL_FLAGS, ...(found?.spec.flags ?? [])];
  const { tokens } = parseArgs({
    args: withImplied(argv, known), strict: false, tokens: true,
    options: Object.fromEntries(known.map((flag) => [flag.name, {
      type: flag.type === undefined ? ("boolean" as const) : ("string" as const),
      ...(flag.short === undefined ? {} : { short: flag.short }),
    }])),
  });
  const flags = new Map<string, FlagValue>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    else if (token.kind === "option") setFlag(flags, known, token.name, token.rawName, token.value, token.inlineValue ?? false, found?.spec);
  }
  setFromEnvironment(flags, known, env);
  const isAskingForHelp = flags.has("help") || flags.has("version");
  if (found === undefined) {
    if (words.length > 0 && !isAskingForHelp) throw unknownCommand(words, commands);
    return { spec: undefined, args: new Map([["command", words]]), flags, argv };
  }
  const rest = words.slice(found.spec.name.split(" ").length);
  return { spec: found.spec, flags, args: isAskingForHelp ? new Map() : bindArgs(found.spec, rest), argv: found.rest };
}

/** Flags of every command that a command with words of its own takes too. */
const TAKEN_FROM_RAW: ReadonlySet<string> = new Set(["db", "colony", "timeout", "no-native-clients", "quiet", "help"]);

/** Picks out `--flag`s that say which database and how to wait, and the command's own; the rest is the command's to read. */
function parseRaw(spec: CommandSpec, words: readonly string[], env: Readonly<Record<string, string | undefined>>): Parsed {
  const known = [...GLOBAL_FLAGS.filter(({ name }) => TAKEN_FROM_RAW.has(name)), ...(spec.flags ?? [])];
  const flags = new Map<string, FlagValue>();
  const argv: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const [, name = "", inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(words[at]!) ?? [];
    const flag = known.find((each) => each.name === name);
    if (flag === undefined) argv.push(words[at]!);
    else setFlag(flags, known, name, `--${name}`, inline ?? (flag.type === undefined ? undefined : words[++at]), inline !== undefined, spec);
  }
  setFromEnvironment(flags, known, env);
  return { spec, args: new Map(), flags, argv };
}

function setFromEnvironment(flags: Map<string, FlagValue>, known: readonly FlagSpec[], env: Readonly<Record<string, string | undefined>>): void {
  for (const flag of known) {
    const given = flag.env === undefined ? undefined : env[flag.env];
    if (given !== undefined && given !== "" && !flags.has(flag.name)) flags.set(flag.name, convert(flag, given, flag.env!));
  }
}

/** The longest name that the first words make; flags, whosever they are, may stand before it and in it. */
function findCommand(argv: readonly string[], commands: readonly CommandSpec[]): { spec: CommandSpec; rest: string[] } | undefined {
  const flags = [...GLOBAL_FLAGS, ...commands.flatMap((spec) => spec.flags ?? [])].filter((flag) => flag.type !== undefined);
  const takesValue = new Map(flags.map((flag) => [`--${flag.name}`, flag]));
  const places: number[] = [];
  for (let i = 0; i < argv.length && places.length < 2; i++) {
    const word = argv[i]!;
    if (word === "--") break;
    const flag = takesValue.get(word);
    if (flag !== undefined) i += flag.implied === undefined || /^\d/.test(argv[i + 1] ?? "") ? 1 : 0;
    else if (!word.startsWith("-") || word === "-") places.push(i);
  }
  for (const count of [2, 1]) {
    const name = places.slice(0, count).map((place) => argv[place]).join(" ");
    const spec = places.length >= count ? commands.find((each) => each.name === name) : undefined;
    if (spec !== undefined) return { spec, rest: argv.filter((_, index) => !places.slice(0, count).includes(index)) };
  }
  return undefined;
}

/** A flag whose value may be left out gets the one it implies. */
function withImplied(argv: readonly string[], known: readonly FlagSpec[]): string[] {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return argv.map((word, at) => {
    const flag = at < end ? known.find((each) => each.implied !== undefined && word === `--${each.name}`) : undefined;
    return flag === undefined || /^\d/.test(argv[at + 1] ?? "") ? word : `${word}=${flag.implied}`;
  });
}

function unknownCommand(words: readonly string[], commands: readonly CommandSpec[]): Error {
  const [first = "", second] = words;
  const group = commands.filter((each) => each.name.startsWith(`${first} `)).map((each) => each.name);
  if (group.length > 0) {
    return usage(second === undefined ? `colony ${first} what?` : `there is no command ${first} ${second}`, `there are: ${group.join(", ")}`);
  }
  const near = nearest(first, commands.map((each) => each.name));
  return usage(`there is no command ${first}`, near === undefined ? "colony help lists them" : `did you mean ${near}?`);
}

function setFlag(
  flags: Map<string, FlagValue>, known: readonly FlagSpec[], name: string, rawName: string, value: string | undefined, isInline: boolean,
  spec: CommandSpec | undefined,
): void {
  const flag = known.find((each) => each.name === name);
  if (flag === undefined) {
    const near = nearest(name, known.map((each) => each.name));
    throw usage(`there is no flag ${rawName}${spec === undefined ? "" : ` of ${spec.name}`}`,
      near === undefined ? `colony help${spec === undefined ? "" : ` ${spec.name}`} lists the flags` : `did you mean --${near}?`);
  }
  if (flag.type === undefined) {
    if (value !== undefined) throw usage(`${rawName} takes no value`);
    flags.set(name, true);
    return;
  }
  if (value === undefined) throw usage(`${rawName} needs a value: ${flag.value ?? "VALUE"}`);
  if (!isInline && value.length > 1 && value.startsWith("-") && !/^-\d/.test(value)) {
    throw usage(`${rawName} needs a value, and ${value} looks like a flag`, `if it is the value, write ${rawName}=${value}`);
  }
  const converted = convert(flag, value, rawName);
  if (flag.many !== true) {
    if (flags.has(name)) throw usage(`${rawName} is given twice`);
    flags.set(name, converted);
    return;
  }
  const before = flags.get(name);
  flags.set(name, [...(Array.isArray(before) ? before : []), String(converted)]);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, "": 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Durations become milliseconds. */
function convert(flag: FlagSpec, value: string, place: string): FlagValue {
  if (flag.choices !== undefined && !flag.choices.includes(value)) throw usage(`${place} must be one of ${flag.choices.join(", ")}, not ${value}`);
  if (flag.type === "integer") {
    if (!/^[+-]?\d{1,15}$/.test(value)) throw usage(`${place} must be a whole number, not ${value}`);
    return Number(value);
  }
  if (flag.type === "duration") {
    const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(value) ?? [];
    if (number === undefined) throw usage(`${place} must be a time such as 250ms, 5s, 15m or 2h, not ${value}`);
    return Number(number) * UNITS[unit]!;
  }
  return value;
}

function bindArgs(spec: CommandSpec, words: readonly string[]): Map<string, readonly string[]> {
  const bound = new Map<string, readonly string[]>();
  let at = 0;
  for (const arg of spec.args ?? []) {
    const taken = arg.many === true ? words.slice(at) : words.slice(at, at + 1);
    at += taken.length;
    if (taken.length === 0 && arg.optional !== true) throw usage(`${spec.name} needs ${article(arg)}`, `colony help ${spec.name} shows how`);
    for (const word of taken) {
      if (arg.choices?.includes(word) === false) throw usage(`${spec.name}: ${arg.name} must be one of ${arg.choices.join(", ")}, not ${word}`);
    }
    bound.set(arg.name, taken);
  }
  if (at < words.length) throw usage(`${spec.name} does not take "${words[at]}"`, `colony help ${spec.name} shows how`);
  return bound;
}

function article(arg: ArgSpec): string {
  return `${arg.name.toUpperCase()}: ${arg.what}`;
}
