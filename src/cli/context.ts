import { ProgressDbError } from "../errors.ts";
import type { ProgressDb } from "../progress-db.ts";
import type { OpenOptions } from "../types.ts";
import { openDatabase } from "./database.ts";
import { formatted, FORMATS, type Format, type Result } from "./output/format.ts";
import { styleFor, wantsColor, type Style } from "./output/style.ts";
import type { Terminal } from "./output/terminal.ts";
import type { FlagValue, Parsed } from "./parse.ts";
import type { CommandSpec } from "./spec.ts";
import { usage } from "./usage.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** What a command is given: its arguments, its way out, and the database when it asks. */
export class Context {
  readonly spec: CommandSpec;
  /** What followed the command's name, as it was given. */
  readonly argv: readonly string[];
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly env: Env;
  readonly style: Style;
  readonly format: Format;
  readonly #args: Parsed["args"];
  readonly #flags: Parsed["flags"];
  #db: Promise<ProgressDb> | undefined;

  constructor(spec: CommandSpec, parsed: Parsed, terminal: Terminal, env: Env, signal: AbortSignal) {
    this.spec = spec;
    this.argv = parsed.argv;
    this.#args = parsed.args;
    this.#flags = parsed.flags;
    this.terminal = terminal;
    this.env = env;
    this.signal = signal;
    this.style = styleFor(!this.is("no-color") && wantsColor(terminal.isScreen, env));
    this.format = formatOf(parsed.flags, env);
  }

  /** An argument; `undefined` when it is optional and not given. */
  arg(name: string): string | undefined {
    return this.#args.get(name)?.[0];
  }

  /** All words of an argument that takes many. */
  args(name: string): readonly string[] {
    return this.#args.get(name) ?? [];
  }

  is(flag: string): boolean {
    return this.#flags.get(flag) === true;
  }

  text(flag: string): string | undefined {
    return this.#value(flag, "string");
  }

  /** Integers as given, durations in milliseconds. */
  number(flag: string): number | undefined {
    return this.#value(flag, "number");
  }

  /** A flag that may be given several times. */
  list(flag: string): readonly string[] {
    const value = this.#flags.get(flag);
    return Array.isArray(value) ? value : [];
  }

  /** Prints what the command has to say, in the format asked for. */
  async print(result: Result): Promise<void> {
    const lines = this.format === "human" ? result.human() : formatted(result, this.format, this.#fieldsOf(result), this.terminal.isScreen);
    if (lines.length > 0) await this.terminal.write(`${lines.join("\n")}\n`);
  }

  /** A remark for people, on stderr. */
  remark(text: string): void {
    if (!this.is("quiet")) this.terminal.talk(`${text}\n`);
  }

  /** The database that the flags name, opened once; it is closed when the command ends. Refuses a writer with --readonly. */
  open(options: OpenOptions = {}): Promise<ProgressDb> {
    if (this.spec.writes === true && this.is("readonly")) {
      throw new ProgressDbError("READ_ONLY", `colony ${this.spec.name} writes, and --readonly forbids it`, { hint: "leave out --readonly" });
    }
    return (this.#db ??= openDatabase(this, options));
  }

  async close(): Promise<void> {
    const db = await this.#db?.catch(() => undefined);
    await db?.close();
  }

  /** The fields asked for; the first row tells which there are. Throws USAGE. */
  #fieldsOf({ rows }: Result): readonly string[] | undefined {
    const wanted = this.text("fields")?.split(",").map((field) => field.trim()).filter((field) => field !== "");
    const [row] = rows;
    const unknown = row === undefined ? undefined : wanted?.find((field) => !(field in row));
    if (unknown === undefined) return wanted;
    throw usage(`there is no field ${unknown}`, `there are: ${Object.keys(row!).join(", ")}`);
  }

  #value<Kind extends "string" | "number">(flag: string, kind: Kind): (Kind extends "string" ? string : number) | undefined {
    const value: FlagValue | undefined = this.#flags.get(flag);
    return typeof value === kind ? (value as Kind extends "string" ? string : number) : undefined;
  }
}

function formatOf(flags: Parsed["flags"], env: Env): Format {
  const given = FORMATS.filter((format) => flags.get(format) === true);
  if (given.length > 1) throw usage(`--${given.join(" and --")} do not go together`);
  const [chosen] = given;
  if (chosen !== undefined) return chosen;
  const wanted = env["COLONY_FORMAT"] || (flags.has("fields") ? "plain" : "human");
  const known = FORMATS.find((format) => format === wanted);
  if (known === undefined) throw usage(`COLONY_FORMAT must be one of ${FORMATS.join(", ")}, not ${wanted}`);
  return known;
}
