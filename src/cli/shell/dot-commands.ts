import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { isProgressDbError } from "../../errors.ts";
import { MODES } from "./modes/index.ts";
import { dump } from "./dump.ts";
import { ExitRequest } from "./exit-request.ts";
import { runInput } from "./input.ts";
import { failureOf } from "./messages.ts";
import { Output } from "../output/descriptor.ts";
import { databases, listNames, schemaText } from "./schema.ts";
import type { Shell } from "./shell.ts";
import { onOrOff, words } from "./words.ts";

/** The commands that begin with a dot, as one table: what they are called, how they are explained, what they do. */

/** `exit` ends the session; a number is how many errors there were. */
type Outcome = "exit" | number;

interface DotCommand {
  readonly name: string;
  readonly parameters: string;
  readonly help: string;
  /** Refused by `-safe`. */
  readonly reachesOut?: boolean;
  run(shell: Shell, args: readonly string[]): Promise<Outcome> | Outcome;
}

const COMMANDS: readonly DotCommand[] = [
  { name: "backup", parameters: "?DB? FILE", help: "Copy the database to this file, replacing it", reachesOut: true, run: backup },
  { name: "bail", parameters: "on|off", help: "Stop after an error", run: toggle("bail", (shell, on) => (shell.bail = on)) },
  { name: "changes", parameters: "on|off", help: "Show how many rows each statement changed", run: toggle("changes", (shell, on) => (shell.showChanges = on)) },
  {
    name: "databases", parameters: "", help: "Names and files of the attached databases",
    async run(shell) {
      const access = shell.options.open.readOnly === true ? "r/o" : "r/w";
      for (const { name, file } of await databases(shell)) {
        shell.out.write(`${name}: ${file || '""'} ${access}\n`);
      }
      return 0;
    },
  },
  {
    name: "dump", parameters: "?OBJECTS?", help: "SQL that makes the database again",
    async run(shell, args) {
      await dump(shell, args.filter((each) => !each.startsWith("-")), (text) => shell.out.write(text));
      return 0;
    },
  },
  { name: "echo", parameters: "on|off", help: "Show each command before it runs", run: toggle("echo", (shell, on) => (shell.echo = on)) },
  {
    name: "exit", parameters: "?CODE?", help: "End with this exit status",
    run(_shell, [code]) {
      const status = Number.parseInt(code ?? "0", 10) || 0;
      if (status !== 0) throw new ExitRequest(status);
      return "exit";
    },
  },
  {
    name: "headers", parameters: "on|off", help: "Column names first",
    run: toggle("headers", (shell, on) => {
      shell.settings.headers = on;
      shell.isHeadersSet = true;
    }),
  },
  {
    name: "help", parameters: "", help: "This list",
    run(shell) {
      for (const { name, parameters, help } of COMMANDS) shell.out.write(`${`.${name} ${parameters}`.padEnd(24)} ${help}\n`);
      return 0;
    },
  },
  { name: "indexes", parameters: "?TABLE?", help: "Names of indexes", run: (shell, [table]) => show(shell, listNames(shell, "indexes", table)) },
  { name: "indices", parameters: "?TABLE?", help: "The same", run: (shell, [table]) => show(shell, listNames(shell, "indexes", table)) },
  {
    name: "mode", parameters: "MODE ?TABLE?", help: `How to show results: ${Object.keys(MODES).join(" ")}`,
    run(shell, [given, table = "table"]) {
      if (given === undefined) {
        shell.out.write(`current output mode: ${shell.mode}\n`);
        return 0;
      }
      const name = Object.keys(MODES).find((each) => each.startsWith(given) && given.length > 1);
      if (name === undefined) return complain(shell, `Error: mode should be one of: ${Object.keys(MODES).join(" ")}`);
      shell.settings.table = table;
      shell.chooseMode(name);
      return 0;
    },
  },
  {
    name: "nullvalue", parameters: "STRING", help: "What stands for NULL",
    run(shell, [text]) {
      if (text === undefined) return complain(shell, "Usage: .nullvalue STRING");
      shell.settings.nullValue = text;
      return 0;
    },
  },
  {
    name: "once", parameters: "FILE", help: "The next command's results go to this file", reachesOut: true,
    run: (shell, [file]) => redirect(shell, file, true),
  },
  {
    name: "output", parameters: "?FILE?", help: "Results go to this file, or to stdout again", reachesOut: true,
    run: (shell, [file]) => redirect(shell, file, false),
  },
  {
    name: "print", parameters: "STRING...", help: "Print the words",
    run(shell, args) {
      shell.out.write(`${args.join(" ")}\n`);
      return 0;
    },
  },
  { name: "quit", parameters: "", help: "End", run: () => "exit" },
  {
    name: "read", parameters: "FILE", help: "Run the commands in this file", reachesOut: true,
    async run(shell, [file]) {
      if (file === undefined) return complain(shell, "Usage: .read FILE");
      if (!existsSync(file)) return complain(shell, `Error: cannot open "${file}"`);
      const lines = readFileSync(file, "utf8").replace(/\n$/, "").split("\n");
      return runInput(shell, lines, { dotCommand });
    },
  },
  { name: "save", parameters: "FILE", help: "The same as .backup", reachesOut: true, run: backup },
  {
    name: "schema", parameters: "?PATTERN?", help: "CREATE statements",
    run: (shell, args) => show(shell, schemaText(shell, args.find((each) => !each.startsWith("-")), { noSystem: args.includes("--nosys") || args.includes("-nosys") })),
  },
  {
    name: "separator", parameters: "COLUMN ?ROW?", help: "What stands between columns, and between rows",
    run(shell, [column, row]) {
      if (column === undefined) return complain(shell, "Usage: .separator COL ?ROW?");
      shell.settings.columnSeparator = column;
      shell.settings.rowSeparator = row ?? shell.settings.rowSeparator;
      return 0;
    },
  },
  { name: "tables", parameters: "?PATTERN?", help: "Names of tables and views", run: (shell, [pattern]) => show(shell, listNames(shell, "tables", pattern)) },
  {
    name: "timeout", parameters: "MS", help: "How long to wait for the lock, milliseconds",
    run(shell, [ms]) {
      shell.timeoutMs = Math.max(0, Number.parseInt(ms ?? "0", 10) || 0);
      return 0;
    },
  },
];

/** Runs a line that begins with a dot. A command may be shortened as far as its first letters tell. */
export async function dotCommand(shell: Shell, text: string, line = 0): Promise<Outcome> {
  const [given = "", ...args] = words(text.slice(1));
  await shell.options.interrupts.pause();
  const command = given === "" ? undefined : COMMANDS.find(({ name }) => name.startsWith(given));
  try {
    if (command === undefined) {
      return complain(shell, `Error: unknown command or invalid arguments:  "${given}". Enter ".help" for help`);
    }
    if (command.reachesOut === true && shell.options.isSafe) {
      complain(shell, `line ${line}: cannot run .${command.name} in safe mode`);
      throw new ExitRequest(1);
    }
    const outcome = await command.run(shell, args);
    if (shell.redirection?.once === true && command.name !== "once") shell.endRedirection();
    return outcome;
  } catch (error) {
    if (error instanceof ExitRequest || shell.options.throws) throw error;
    return complain(shell, failureOf(error, "dot command").message);
  } finally {
    shell.out.flush();
  }
}

function toggle(name: string, set: (shell: Shell, on: boolean) => void): DotCommand["run"] {
  return (shell, [word]) => {
    if (word === undefined) return complain(shell, `Usage: .${name} on|off`);
    const on = onOrOff(word);
    if (on === undefined) complain(shell, `ERROR: Not a boolean value: "${word}". Assuming "no".`);
    set(shell, on ?? false);
    return 0;
  };
}

async function show(shell: Shell, text: Promise<string>): Promise<Outcome> {
  shell.out.write(await text);
  return 0;
}

async function backup(shell: Shell, args: readonly string[]): Promise<Outcome> {
  const file = args.at(-1);
  if (file === undefined || (args.length > 1 && args[0] !== "main")) return complain(shell, "Usage: .backup ?main? FILE");
  if (shell.options.path === ":memory:") return complain(shell, "Error: a database in memory cannot be copied to a file: use .dump");
  const { copySqlite } = await import("../../colony/copy-sqlite.ts");
  try {
    await copySqlite((await shell.database()).path, file, { replace: true });
    return 0;
  } catch (error) {
    if (!isProgressDbError(error)) throw error;
    return complain(shell, `Error: cannot write "${file}": ${error.message}`);
  }
}

function redirect(shell: Shell, file: string | undefined, once: boolean): Outcome {
  shell.endRedirection();
  if (file === undefined || file === "stdout") return once && file === undefined ? complain(shell, "Usage: .once FILE") : 0;
  let fd: number;
  try {
    fd = openSync(file, "w");
  } catch {
    return complain(shell, `Error: cannot open "${file}"`);
  }
  shell.out = new Output(fd, { isScreen: false });
  shell.redirection = { close: () => closeSync(fd), once };
  return 0;
}

function complain(shell: Shell, message: string): number {
  shell.out.flush();
  shell.options.stderr.write(`${message}\n`);
  shell.options.stderr.flush();
  return 1;
}
