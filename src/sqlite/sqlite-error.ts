import { errnoOf, isProgressDbError, ProgressDbError, type ErrorCode } from "../errors.ts";
import * as rc from "./result-codes.ts";

/** Turns SQLite's result code, its message and the system error beneath into ours. */
export function sqliteError(resultCode: number, message: string, path: string, cause: unknown): ProgressDbError {
  const primary = resultCode & 0xff;
  const errno = errnoOf(cause);
  const [code, hint] = explain(primary, errno, message);
  const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return new ProgressDbError(code, `${path}: ${why}`, {
    hint,
    cause,
    details: { path, resultCode, sqliteMessage: message, ...(errno === undefined ? {} : { errno }) },
  });
}

/** SQL or parameters that cannot be run. */
export function badSql(message: string): ProgressDbError {
  return new ProgressDbError("INVALID_INPUT", message, { hint: "correct the SQL or its parameters" });
}

/** A commit that failed when it may have happened already. */
export function outcomeUnknown(cause: unknown, path: string): ProgressDbError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new ProgressDbError("IO", `${path}: the commit failed when it may have happened already${why}`, {
    hint: "look at what is in the database before you try again, and check the disk",
    cause,
    details: { path, outcome: "unknown" },
  });
}

/** A system error met outside SQLite, as ours. */
export function systemFailure(error: unknown, path: string): ProgressDbError {
  if (isProgressDbError(error)) return error;
  const primary = errnoOf(error) === "ENOSPC" || errnoOf(error) === "EDQUOT" ? rc.FULL : rc.CANTOPEN;
  return sqliteError(primary, "cannot use the file", path, error);
}

/** True for an error that SQLite reported with this primary result code. */
export function hasResultCode(error: unknown, code: number): boolean {
  if (!isProgressDbError(error)) return false;
  const resultCode = error.details["resultCode"];
  return typeof resultCode === "number" && (resultCode & 0xff) === code;
}

const LEDGER_TABLE = /^no such table: (main\.)?(tasks|steps|sop_checklist|colony_meta)$/;

function explain(primary: number, errno: string | undefined, message: string): [ErrorCode, string] {
  if (errno === "EACCES" || errno === "EPERM" || errno === "EROFS") {
    return ["READ_ONLY", "give this user write access to the file and its folder, or work on a copy"];
  }
  if (errno === "ESTALE") return ["IO", "it changed since it was opened: open it, or pick it, again"];
  switch (primary) {
    case rc.BUSY:
    case rc.LOCKED:
      return ["BUSY", "another process holds the lock: try again"];
    case rc.READONLY:
      return ["READ_ONLY", "open a database that this process may write, or only read from this one"];
    case rc.CORRUPT:
    case rc.NOTADB:
      return ["CORRUPT", "restore it from a copy, or salvage it with `sqlite3 FILE .recover`"];
    case rc.FULL:
      return ["IO", "the disk is full: make room and try again; nothing was changed"];
    case rc.CANTOPEN:
      return errno === "ENOENT"
        ? ["NOT_FOUND", "check the path; ensureProgressDb creates a colony's database"]
        : ["IO", "check that the path names a file this process may open"];
    case rc.NOMEM:
      return ["IO", "out of memory: the wasm heap ends at 2 GiB"];
    case rc.TOOBIG:
      return ["INVALID_INPUT", "a text or blob may have at most 1,000,000,000 bytes"];
    case rc.ERROR:
      if (!message.startsWith("no such table")) return ["INVALID_INPUT", "correct the SQL"];
      return ["NOT_FOUND", LEDGER_TABLE.test(message) ? "the file has no ledger in it: ensureProgressDb creates one" : "check the table's name"];
    case rc.RANGE:
      return ["INVALID_INPUT", "give as many parameters as the SQL has"];
    case rc.CONSTRAINT:
      if (message.startsWith("SOP_OPEN")) return ["SOP_OPEN", "check off the open SOP items first"];
      return ["INVALID_INPUT", "correct the values"];
    default:
      return ["IO", "nothing was changed: try again, and check the disk if it fails again"];
  }
}
