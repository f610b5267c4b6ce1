import type { Shell } from "./shell.ts";
import { parseUri } from "./uri.ts";

/** The command line, with the options of the `sqlite3` shell as one table. */

export interface Invocation {
  /** The database as it was given, and what it means. */
  name: string;
  path: string;
  readOnly: boolean;
  create: boolean;
  isSafe: boolean;
  /** The caller vouches that no native client has the database open. */
  isVouched: boolean;
  isBatch: boolean;
  /** A file to run first. */
  init: string | undefined;
  /** From `-cmd`. */
  commands: string[];
  /** SQL and dot commands given as arguments; with any of them standard input is not read. */
  sql: string[];
  /** Ends here, with this printed. */
  answer: "help" | "version" | undefined;
  /** Settings in the order they were given. */
  settings: ((shell: Shell) => void)[];
}

/** Arguments that make no sense. */
export class UsageError extends Error {}

interface Option {
  readonly name: string;
  readonly argument?: string;
  readonly help: string;
  apply(invocation: Invocation, value: string): void;
}

const inMode = (name: string, also?: (shell: Shell) => void): Option["apply"] => ({ settings }) => {
  settings.push((shell) => {
    shell.mode = name; // Only what `.mode` sets beyond this is left out, as by the shell itself.
    also?.(shell);
  });
};
const set = (apply: (shell: Shell, value: string) => void): Option["apply"] => ({ settings }, value) => {
  settings.push((shell) => apply(shell, value));
};
const headers = (on: boolean): Option["apply"] => set((shell) => {
  shell.settings.headers = on;
  shell.isHeadersSet = true;
});
const separators = (column: string, row?: string) => ({ settings }: Shell): void => {
  settings.columnSeparator = column;
  if (row !== undefined) settings.rowSeparator = row;
};

export const OPTIONS: readonly Option[] = [
  { name: "ascii", help: "columns end with 0x1F, rows with 0x1E", apply: inMode("ascii", separators("\x1f", "\x1e")) },
  { name: "bail", help: "stop after an error", apply: set((shell) => (shell.bail = true)) },
  { name: "batch", help: "no prompt, even on a terminal", apply: (invocation) => (invocation.isBatch = true) },
  { name: "box", help: "a table drawn with lines", apply: inMode("box") },
  { name: "cmd", argument: "COMMAND", help: "run this first", apply: ({ commands }, value) => commands.push(value) },
  { name: "column", help: "columns of one width", apply: inMode("column") },
  { name: "csv", help: "comma-separated values", apply: inMode("csv", separators(",")) },
  { name: "echo", help: "show each command before it runs", apply: set((shell) => (shell.echo = true)) },
  { name: "header", help: "column names first", apply: headers(true) },
  { name: "headers", help: "the same", apply: headers(true) },
  { name: "help", help: "this text", apply: (invocation) => (invocation.answer = "help") },
  { name: "html", help: "rows of an HTML table", apply: inMode("html") },
  { name: "init", argument: "FILE", help: "run the commands in this file first", apply: (invocation, value) => (invocation.init = value) },
  { name: "json", help: "an array of objects; [] for no rows", apply: inMode("json") },
  { name: "line", help: "one value a line", apply: inMode("line") },
  { name: "list", help: "values between separators (default)", apply: inMode("list") },
  { name: "markdown", help: "a Markdown table", apply: inMode("markdown") },
  { name: "newline", argument: "SEP", help: "what ends a row", apply: set((shell, value) => (shell.settings.rowSeparator = value)) },
  { name: "no-native-clients", help: "vouch that none has a WAL-mode database open, where that cannot be seen", apply: (invocation) => (invocation.isVouched = true) },
  { name: "noheader", help: "no column names", apply: headers(false) },
  { name: "noheaders", help: "the same", apply: headers(false) },
  { name: "nullvalue", argument: "TEXT", help: "what stands for NULL", apply: set((shell, value) => (shell.settings.nullValue = value)) },
  { name: "quote", help: "values as SQL", apply: inMode("quote", separators(",")) },
  { name: "readonly", help: "refuse to write", apply: (invocation) => (invocation.readOnly = true) },
  { name: "safe", help: "reach no file but the database", apply: (invocation) => (invocation.isSafe = true) },
  { name: "separator", argument: "SEP", help: "what stands between columns (default |)", apply: set((shell, value) => (shell.settings.columnSeparator = value)) },
  { name: "table", help: "a table drawn with + - |", apply: inMode("table") },
  { name: "tabs", help: "tab-separated values", apply: inMode("list", separators("\t", "\n")) },
  { name: "version", help: "the versions of SQLite and of this command", apply: (invocation) => (invocation.answer = "version") },
  {
    name: "vfs", argument: "NAME", help: "unix-dotfile, which is how we lock anyway",
    apply(_invocation, value) {
      if (value !== "unix-dotfile") throw new UsageError(`no such VFS: "${value}"`);
    },
  },
];

/** Reads the arguments. Throws UsageError. */
export function parseArguments(args: readonly string[]): Invocation {
  const invocation: Invocation = {
    name: "", path: "", readOnly: false, create: true, isSafe: false, isVouched: false, isBatch: false, init: undefined, commands: [], sql: [], answer: undefined, settings: [],
  };
  let file: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (!argument.startsWith("-")) {
      if (file === undefined) file = argument;
      else invocation.sql.push(argument);
      continue;
    }
    const option = OPTIONS.find(({ name }) => name === argument.replace(/^--?/, ""));
    if (option === undefined) throw new UsageError(`unknown option: ${argument}`);
    if (option.argument !== undefined && ++at >= args.length) throw new UsageError(`missing argument to ${argument}`);
    option.apply(invocation, args[at]!);
  }
  // Like the shell: without a file, or with an empty name, the database is a temporary one.
  const name = file ?? "";
  const { path, mode } = parseUri(name === "" ? ":memory:" : name);
  return { ...invocation, name, path, readOnly: invocation.readOnly || mode === "ro", create: mode === "rwc" };
}
