import type { Shell } from "./shell.ts";
import { StatementEnd } from "./statement-end.ts";

/** Input that comes line by line: SQL, of which a statement may take many lines, and dot commands, one a line. */

export interface InputOptions {
  /** Runs a line that begins with a dot. */
  readonly dotCommand: (shell: Shell, text: string, line: number) => Promise<"exit" | number>;
  /** Is told after each line whether a statement has begun that has not ended. */
  readonly onLine?: (isInside: boolean) => void;
}

/** Runs lines as they come; returns how many errors there were. */
export async function runInput(
  shell: Shell, lines: AsyncIterable<string> | Iterable<string>, { dotCommand, onLine }: InputOptions,
): Promise<number> {
  let errors = 0;
  let lineNumber = 0;
  let sql = "";
  let firstLine = 0;
  let end = new StatementEnd();

  const run = async (): Promise<void> => {
    const statement = sql;
    sql = "";
    end = new StatementEnd();
    if (shell.echo) shell.out.write(`${statement}\n`);
    if ((await shell.execute(statement, firstLine)) !== 0) errors++;
    if (shell.redirection?.once === true) shell.endRedirection();
  };

  for await (const line of lines) {
    lineNumber++;
    const text = line.replace(/\r$/, "");
    if (sql === "" && /^[.#]/.test(text)) {
      if (shell.echo) shell.out.write(`${text}\n`);
      if (text.startsWith("#")) continue;
      const outcome = await dotCommand(shell, text, lineNumber);
      if (outcome === "exit") return errors;
      errors += outcome;
    } else {
      // A line with nothing but "/" or "go" is a semicolon, as for other databases' shells.
      const isTerminator = sql !== "" && !end.isInside && /^\s*(\/|go)\s*$/i.test(text);
      end.read(isTerminator ? ";" : text);
      if (sql === "") firstLine = lineNumber;
      sql += sql === "" ? text.trimStart() : `\n${isTerminator ? ";" : text}`;
      if (end.isBlank) sql = "";
      else if (end.isComplete) await run();
    }
    if (errors > 0 && shell.bail) return errors;
    onLine?.(sql !== "");
  }
  if (sql !== "") await run(); // Not a whole statement, perhaps: SQLite will say so.
  return errors;
}
