import { isProgressDbError, type ProgressDbError } from "../../errors.ts";
import * as rc from "../../sqlite/result-codes.ts";

/** What the `sqlite3` shell says of a statement that failed, word for word where scripts look at it. */

export interface Failure {
  /** SQLite's result code: the exit status when the SQL was an argument. */
  readonly code: number;
  /** The lines for stderr, without the last line break. */
  readonly message: string;
}

/** Our own errors that do not come from SQLite, as the result and the words it would have had. */
const SAME_AS: Readonly<Record<string, readonly [code: number, message: string]>> = {
  BUSY: [rc.BUSY, "database is locked"],
  NATIVE_CLIENTS: [rc.BUSY, "database is locked"],
  READ_ONLY: [rc.READONLY, "attempt to write a readonly database"],
  CORRUPT: [rc.CORRUPT, "database disk image is malformed"],
  IO: [rc.IOERR, "disk I/O error"],
};

/** `where` the statement was: an argument, a dot command of its own, or the line of the input on which it began. */
export function failureOf(error: unknown, where: "argument" | "dot command" | number): Failure {
  if (!isProgressDbError(error)) throw error;
  const { details } = error;
  const [sameCode, sameMessage] = SAME_AS[error.code] ?? [rc.ERROR, error.message];
  const code = typeof details["resultCode"] === "number" ? details["resultCode"] & 0xff : sameCode;
  const said = typeof details["sqliteMessage"] === "string" ? details["sqliteMessage"] : sameMessage;
  const isParsing = details["phase"] !== "step"; // Whatever comes before is the first statement's to find.
  if (where === "dot command") return { code, message: `Error: ${said}${more(error)}` };
  const text = `${said}${code > rc.ERROR ? ` (${code})` : ""}${isParsing ? context(said, details["sql"]) : ""}${more(error)}`;
  if (where === "argument") return { code, message: `Error: ${isParsing ? "in prepare" : "stepping"}, ${text}` };
  return { code, message: `${isParsing ? "Parse" : "Runtime"} error near line ${where}: ${text}` };
}

/** What SQLite could not know: who holds the lock, what to do about the WAL. */
function more({ code, message, hint, details }: ProgressDbError): string {
  if (details["resultCode"] !== undefined || !(code in SAME_AS)) return "";
  const said = SPOKEN.reduce((text, [library, shell]) => text.replaceAll(library, shell), hint);
  return `\n  ${message}\n  ${said}`;
}

/** The library speaks of its functions and options; here they are commands. */
const SPOKEN: readonly (readonly [string, string])[] = [
  ["wait longer with timeoutMs", "wait longer with .timeout"],
  ["call breakLock(path) of hive-progress-db/lock/dotfile; or remove", "remove"],
  ["pass nativeClients: \"none\"", "pass -no-native-clients"],
];

/** The SQL around the place that the message names, when there is one such place only. */
function context(message: string, sql: unknown): string {
  const token = /^near "(.*)": syntax error$/s.exec(message)?.[1] ?? /^unrecognized token: "(.*)"$/s.exec(message)?.[1];
  if (typeof sql !== "string" || token === undefined) return "";
  const offset = sql.indexOf(token);
  if (offset < 0 || sql.includes(token, offset + 1)) return "";
  const start = Math.max(0, offset - 50);
  const at = offset - start;
  const shown = sql.slice(start, start + 78).replaceAll(/\s/g, " ");
  const arrow = at < 25 ? `${" ".repeat(at)}^--- error here` : `${" ".repeat(at - 14)}error here ---^`;
  return `\n  ${shown}\n  ${arrow}`;
}
