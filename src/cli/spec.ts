import type { Context } from "./context.ts";

/** What a command is, as data: parsing, help, completion, `schema` and the docs are made from it. */

export interface CommandSpec {
  /** One word, or two: `claim`, `step done`. */
  readonly name: string;
  readonly for: Audience;
  /** One line, without a full stop. */
  readonly summary: string;
  /** More about it, in help. */
  readonly details?: string;
  readonly args?: readonly ArgSpec[];
  readonly flags?: readonly FlagSpec[];
  /** Exit codes it may end with, besides 0, 1, 2 and, for those that open the database, 5, 7, 11. */
  readonly exits?: readonly number[];
  /** Changes the database: refused with --readonly, tried out with --dry-run. */
  readonly writes?: boolean;
  /** Has nothing to do with a database. */
  readonly standalone?: boolean;
  /** Parses its arguments itself, from `context.argv`. */
  readonly raw?: boolean;
  readonly examples?: readonly string[];
  /** The command's own module; nothing is loaded before it is needed. */
  readonly load: () => Promise<CommandModule>;
}

export interface CommandModule {
  /** Does it; resolves with the exit code, or nothing for 0. */
  readonly run: (context: Context) => Promise<number | void>;
}

export const AUDIENCES = ["worker", "queen", "human", "any"] as const;
export type Audience = (typeof AUDIENCES)[number];

/** A positional argument. */
export interface ArgSpec {
  readonly name: string;
  readonly what: string;
  readonly optional?: boolean;
  /** Any number of them, at least one unless optional. */
  readonly many?: boolean;
  readonly choices?: readonly string[];
  /** What a shell may complete it with. */
  readonly complete?: "file" | "task" | "command";
}

export interface FlagSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  readonly what: string;
  /** `duration`: `250ms`, `5s`, `15m`, `2h`, `1d`; a bare number is seconds. Default: a flag without a value. */
  readonly type?: "text" | "integer" | "duration";
  /** How help calls the value. */
  readonly value?: string;
  /** The value when none follows. */
  readonly implied?: string;
  /** May be given several times. */
  readonly many?: boolean;
  readonly choices?: readonly string[];
  /** As help shows it. */
  readonly default?: string;
  /** The environment variable that stands in for it. */
  readonly env?: string;
  readonly complete?: "file" | "task" | "worker" | "colony";
}

/** Flags of every command. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: "db", type: "text", value: "FILE", env: "COLONY_DB", default: "./data/progress.db", what: "the database", complete: "file" },
  { name: "colony", type: "text", value: "NAME", what: "the database of ~/.hive/colonies/NAME (HIVE_HOME moves ~/.hive)", complete: "colony" },
  { name: "worker", type: "text", value: "ID", env: "COLONY_WORKER", what: "who is asking: a worker's id", complete: "worker" },
  { name: "timeout", type: "duration", value: "TIME", env: "COLONY_TIMEOUT", default: "5s", what: "how long to wait for the lock" },
  { name: "json", what: "print one JSON document; errors too, on stderr" },
  { name: "jsonl", what: "print one JSON document a line" },
  { name: "csv", what: "print CSV with a header line" },
  { name: "plain", what: "print values between tabs, without a header" },
  { name: "fields", type: "text", value: "A,B", what: "print only these fields, by itself as --plain does" },
  { name: "no-native-clients", what: "vouch that no native client has the database open, where that cannot be seen" },
  { name: "readonly", what: "refuse to write" },
  { name: "dry-run", what: "say what would be done; nothing is written" },
  { name: "quiet", short: "q", what: "print no remarks, only data and errors" },
  { name: "verbose", short: "v", what: "say more on stderr" },
  { name: "no-color", what: "no colours (NO_COLOR, FORCE_COLOR and TERM=dumb are heeded too)" },
  { name: "help", short: "h", what: "show help" },
  { name: "version", what: "show the version" },
];
