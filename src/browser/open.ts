import { invalid } from "../errors.ts";
import { memoryLock } from "../lock/memory.ts";
import { webLocks } from "../lock/web-locks.ts";
import { opfs } from "../persistence/opfs.ts";
import { ProgressDb, type ConnectOptions } from "../progress-db.ts";
import { SqliteDb, type SqliteOptions } from "../sqlite-db.ts";
import type { EnsureOptions, OpenOptions } from "../types.ts";

/** One of each for the whole worker, so that handles opened with the defaults share a database. */
const defaults = { persistence: opfs(), sharedLock: webLocks(), privateLock: memoryLock() };

function inTheBrowser<Options extends Pick<OpenOptions, "persistence" | "lock">>(
  options: Options,
): Options & Pick<ConnectOptions, "persistence" | "lock"> {
  const { persistence = defaults.persistence } = options;
  // What needs preparing is kept outside this worker, where other tabs reach it too.
  const lock = options.lock ?? (persistence.prepare === undefined ? defaults.privateLock : defaults.sharedLock);
  return { ...options, persistence, lock };
}

/**
 * Creates or migrates `<colonyDir>/data/progress.db` and gives stale claims back. Safe
 * to call again. Returns the database's canonical path.
 */
export async function ensureProgressDb(colonyDir: string, options: EnsureOptions = {}): Promise<string> {
  if (typeof colonyDir !== "string" || colonyDir === "") throw invalid("colonyDir", "must be a path");
  const { ensureLedger } = await import("../ensure-ledger.ts"); // With the schema, which workers do not need.
  return ensureLedger(`${colonyDir}/data/progress.db`, inTheBrowser(options));
}

/**
 * Opens a database; `ensureProgressDb` makes one. Reads its header and schema
 * version, so that what is not a database is refused here.
 *
 * Throws NOT_FOUND (no file, or no ledger in it), CORRUPT, BUSY, ENGINE_MISMATCH, IO.
 */
export async function openProgressDb(dbPath: string, options: OpenOptions = {}): Promise<ProgressDb> {
  return ProgressDb.open(dbPath, inTheBrowser(options));
}

/** Opens any SQLite database for SQL as it stands, with a ledger in it or without. Throws as `openProgressDb`. */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<SqliteDb> {
  return SqliteDb.open(path, inTheBrowser(options));
}
