import { ProgressDbError } from "../errors.ts";
import type { Lock, LockAdapter } from "../lock/lock.ts";
import { overlay } from "../persistence/overlay.ts";
import type { Persistence } from "../persistence/persistence.ts";
import { Connection } from "../sqlite/connection.ts";
import type { Engine } from "../sqlite/engine.ts";
import { Volume } from "../sqlite/volume.ts";
import type { Durability } from "../types.ts";

/** Ways to connect to a database: in rollback mode, and what to do with one in WAL mode. */

export interface Files {
  readonly engine: Engine;
  readonly persistence: Persistence;
  readonly path: string;
  readonly lock: Lock;
  /** Set on every connection, beyond what the files themselves ask for. */
  readonly pragmas: string;
}

/** For connections that run a ledger's verbs; others keep SQLite's defaults. */
export const LEDGER_PRAGMAS = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

/** Most page cache, KiB: a large seed should not have to write pages before it commits. Filled only as needed. */
const CACHE_KIB = 32_000;

const SYNCHRONOUS: Record<Durability, string> = { full: "FULL", normal: "NORMAL", process: "OFF" };

/** Reads the schema, so it may be BUSY; a WAL-mode file cannot be opened this way (CANTOPEN). */
export function connect(files: Files, durability: Durability): Connection {
  const connection = new Connection(files.engine, new Volume(files.persistence, files.path, files.lock));
  return configured(connection, files, `
    PRAGMA synchronous = ${SYNCHRONOUS[durability]};
    PRAGMA journal_mode = TRUNCATE;
  `);
}

/** Bytes 18 and 19 of the header are the file format versions: 2 means WAL (sqlite.org/fileformat2.html). */
export function isWalMode({ persistence, path }: Files): boolean {
  if (persistence.stat(path) === undefined) return false;
  if ((persistence.stat(`${path}-wal`)?.size ?? 0) > 0) return true;
  const file = persistence.open(path, { create: false });
  try {
    const versions = new Uint8Array(2);
    return file.read(versions, 18) === 2 && versions[1] === 2;
  } finally {
    file.close();
  }
}

/**
 * Takes a WAL-mode database back to a rollback journal. SQLite in exclusive mode
 * needs no shared memory: it recovers the `-wal`, checkpoints it and deletes it.
 */
export function convertWal(files: Files): void {
  const connection = new Connection(files.engine, new Volume(files.persistence, files.path, files.lock));
  try {
    connection.exec("PRAGMA locking_mode = EXCLUSIVE");
    connection.exec("PRAGMA user_version"); // The first read takes the lock.
    const shm = `${files.path}-shm`;
    // Before the file leaves WAL mode, or a crash in between would leave it for ever.
    if (files.persistence.stat(shm) !== undefined) files.persistence.delete(shm);
    const [row] = connection.exec("PRAGMA journal_mode = TRUNCATE");
    if (row?.["journal_mode"] !== "truncate") {
      throw new ProgressDbError("IO", `${files.path}: could not leave WAL mode`, { details: { path: files.path } });
    }
  } finally {
    connection.close();
  }
}

/** Reads a WAL-mode database, its `-wal` included, and leaves both files as they are. */
export function connectOverWal(files: Files): { connection: Connection; close: () => void } {
  const above = overlay(files.persistence);
  try {
    const connection = new Connection(files.engine, new Volume(above, files.path, files.lock));
    return {
      connection: configured(connection, files, "PRAGMA locking_mode = EXCLUSIVE;"),
      close() {
        connection.close();
        above.close();
      },
    };
  } catch (error) {
    above.close();
    throw error;
  }
}

/**
 * Works on a WAL-mode database as it is, for the time of one transaction: the
 * lock must shut native clients out. Closing it checkpoints the `-wal`.
 */
export function connectInWal(files: Files, durability: Durability): { connection: Connection; close: () => void } {
  const connection = new Connection(files.engine, new Volume(files.persistence, files.path, files.lock));
  configured(connection, files, `
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA synchronous = ${SYNCHRONOUS[durability]};
  `);
  return { connection, close: () => connection.close() };
}

/** Refuses to touch a WAL-mode database that a native client may have open: WAL needs shared memory that we cannot map. */
export function refuseNativeClients(files: Files, adapter: LockAdapter, isVouched: boolean): void {
  if (isVouched) return;
  const { persistence, path } = files;
  const found = adapter.nativeClients(path);
  const hasSidecar = ["-wal", "-shm"].some((suffix) => persistence.stat(path + suffix) !== undefined);
  if (found === "none" || (found === "unknown" && !hasSidecar)) return;
  const why = found === "live"
    ? "a native SQLite client has it open"
    : "a native SQLite client may have it open, which cannot be seen from here";
  throw new ProgressDbError("NATIVE_CLIENTS", `${path} is in WAL mode and ${why}`, {
    hint: `close every native client, then run: sqlite3 '${path}' 'PRAGMA journal_mode=DELETE'; `
      + "or, when none has it open, pass nativeClients: \"none\"",
    details: { path, found },
  });
}

function configured(connection: Connection, files: Files, first: string): Connection {
  try {
    // The locking mode must be set before anything reads the file.
    connection.exec(`
      ${first}
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${CACHE_KIB};
      ${files.pragmas}
    `);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
