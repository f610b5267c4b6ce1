import { expectShortLife } from "./short-lived.ts";
import { OPTIONS, parseArguments, UsageError, type Invocation } from "./shell/options.ts";
import { BadName } from "./shell/uri.ts";

/** `colony-sqlite3`: the `sqlite3` shell's words on our engine and our lock. */

/** SQLite's release in the pinned sql.js. */
const SQLITE_VERSION = "3.54.1";

async function main(args: readonly string[]): Promise<number> {
  let invocation: Invocation;
  try {
    invocation = parseArguments(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`colony-sqlite3: Error: ${error.message}\nUse -help for a list of options.\n`);
      return 1;
    }
    if (!(error instanceof BadName)) throw error;
    process.stderr.write(`Error: ${error.message}\n`);
    return 1;
  }
  switch (invocation.answer) {
    case "help":
      process.stdout.write(help());
      return 0;
    case "version":
      process.stdout.write(`${SQLITE_VERSION} (colony-sqlite3)\n`);
      return 0;
    default: {
      expectShortLife();
      const { runShell } = await import("./shell/run.ts");
      return runShell(invocation);
    }
  }
}

function help(): string {
  const lines = OPTIONS.map(({ name, argument, help: text }) => `   ${`-${name}${argument === undefined ? "" : ` ${argument}`}`.padEnd(20)} ${text}\n`);
  return `Usage: colony-sqlite3 [OPTIONS] FILE [SQL...]
Runs SQL and dot commands (.help lists them), from the arguments or from standard input.
A missing file is made by the first statement that writes. Exit status: SQLite's result
code for SQL in arguments (5 busy, 8 read-only, ...), 1 after an error in standard input.
${lines.join("")}`;
}

void main(process.argv.slice(2)).then((status) => process.exit(status));
