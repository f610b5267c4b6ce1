import { existsSync, readFileSync } from "node:fs";
import { isatty } from "node:tty";
import type { SqliteOptions } from "../../sqlite-db.ts";
import { Output, ReaderGone } from "../output/descriptor.ts";
import { dotCommand } from "./dot-commands.ts";
import { ExitRequest } from "./exit-request.ts";
import { runInput } from "./input.ts";
import { Interrupts } from "./interrupts.ts";
import { standardLines } from "./lines.ts";
import type { Invocation } from "./options.ts";
import { Shell } from "./shell.ts";

/** As if SIGPIPE had ended it, which Node does not let happen. */
const READER_GONE = 141;

export interface RunShellOptions extends Pick<SqliteOptions, "timeoutMs" | "nativeClients"> {
  /** Rejects with the first error instead of saying it and going on. Default: false. */
  readonly throws?: boolean;
}

/** Runs a session of the shell from its first command to its last; returns the exit status, that of the `sqlite3` shell. */
export async function runShell(invocation: Invocation, options: RunShellOptions = {}): Promise<number> {
  const { name, path, readOnly, create, isSafe, isVouched, settings } = invocation;
  const { timeoutMs, throws = false } = options;
  const nativeClients = isVouched ? "none" : options.nativeClients;
  const interrupts = new Interrupts((status) => {
    // The part that lets go of the lock is done when the call returns.
    void shell.close();
    process.exit(status);
  });
  const shell = new Shell({
    name, path, open: { readOnly, create, timeoutMs, nativeClients }, throws, isSafe, interrupts,
    stdout: new Output(1, { isScreen: isatty(1) }), stderr: new Output(2, { isScreen: isatty(2) }),
  });
  for (const apply of settings) apply(shell);
  try {
    const status = await session(shell, invocation);
    shell.endRedirection();
    return status;
  } catch (error) {
    if (error instanceof ExitRequest) return error.status;
    if (error instanceof ReaderGone && !throws) return READER_GONE;
    throw error;
  } finally {
    await shell.close();
  }
}

async function session(shell: Shell, { init, commands, sql, isBatch }: Invocation): Promise<number> {
  if (init !== undefined && existsSync(init)) {
    const lines = readFileSync(init, "utf8").replace(/\n$/, "").split("\n");
    if ((await runInput(shell, lines, { dotCommand })) > 0 && shell.bail) return 1;
  }
  for (const command of commands) {
    const outcome = await runArgument(shell, command);
    if (outcome === "exit") return 0;
    if (outcome !== 0 && shell.bail) return outcome;
  }
  for (const argument of sql) {
    const outcome = await runArgument(shell, argument);
    if (outcome === "exit") return 0;
    if (outcome !== 0) return outcome;
  }
  if (sql.length > 0) return 0;
  const { lines, onLine } = standardLines(shell.options.interrupts, { isBatch });
  return (await runInput(shell, lines, { dotCommand, onLine })) > 0 ? 1 : 0;
}

async function runArgument(shell: Shell, text: string): Promise<"exit" | number> {
  return text.startsWith(".") ? dotCommand(shell, text) : shell.execute(text, "argument");
}
