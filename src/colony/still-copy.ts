import { copyFileSync, constants, closeSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { monotonicMs, sleep } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import { NONE, SHARED, type Lock } from "../lock/lock.ts";
import { memoryLock } from "../lock/memory.ts";
import { nodeFile } from "../persistence/node-file.ts";
import { systemFailure } from "../sqlite/sqlite-error.ts";
import { openSqlite } from "./open-sqlite.ts";
import { onRealFiles } from "./real-files.ts";

/** Suffixes of what SQLite may keep beside a database. */
const SIDECARS = ["-wal", "-journal"] as const;
/** A `-wal`'s header, whose salts change whenever it begins anew; of a database's, up to its change counter. */
const HEADER_BYTES = 32;
/** How long to wait for a moment in which nothing changes, milliseconds. */
const PATIENCE_MS = 5000;
/** How long of that for the lock: native clients in WAL mode never give it. */
const LOCK_PATIENCE_MS = 1000;

/**
 * Copies a database that others may be writing to, as it was at one moment: in
 * rollback mode, with the `-wal` merged and a transaction that had not ended rolled
 * back. The database stays as it is. Throws NOT_FOUND, CORRUPT, READ_ONLY, IO, and
 * BUSY when there was no such moment.
 *
 * Our own writers, and `unix-dotfile` clients, are held off by the lock while the
 * files are copied. Others are not, so what was copied counts only if nothing
 * changed meanwhile: the journal and the database did not, or the `-wal` did not
 * begin anew. A `-wal` that grew is no harm, since only whole commits count.
 */
export async function copyStill(dbPath: string, target: string, signal?: AbortSignal): Promise<void> {
  const deadline = monotonicMs() + PATIENCE_MS;
  try {
    const path = nodeFile().resolve(dbPath);
    for (let pause = 1; !(await tryCopy(path, target, signal)); pause = Math.min(100, pause * 2)) {
      signal?.throwIfAborted();
      if (monotonicMs() > deadline) {
        throw new ProgressDbError("BUSY", `${path} changes all the time: no moment was found to copy it`, { hint: "try again" });
      }
      await sleep(pause, signal);
    }
    await settle(target);
  } catch (error) {
    throw systemFailure(error, dbPath);
  }
}

async function tryCopy(path: string, target: string, signal: AbortSignal | undefined): Promise<boolean> {
  const lock = await holdOff(path, signal);
  try {
    const before = factsOf(path);
    for (const suffix of ["", ...SIDECARS]) {
      rmSync(target + suffix, { force: true });
      // A clone where the file system has those: it costs nothing.
      if (statSync(path + suffix, { throwIfNoEntry: false }) !== undefined || suffix === "") copyFileSync(path + suffix, target + suffix, constants.COPYFILE_FICLONE);
    }
    const after = factsOf(path);
    const isSameWal = before.walHeader !== "" && before.walHeader === after.walHeader;
    return before.journal === after.journal && (isSameWal || (before.database === after.database && before.wal === after.wal));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && statSync(path, { throwIfNoEntry: false }) !== undefined) return false; // A sidecar went.
    throw error;
  } finally {
    lock?.unlock(NONE);
    lock?.close();
  }
}

/** Takes the lock, so that the files lie still; `undefined` where it is not to be had. */
async function holdOff(path: string, signal: AbortSignal | undefined): Promise<Lock | undefined> {
  let lock: Lock | undefined;
  try {
    lock = onRealFiles({}).lock.open(path);
    const patience = AbortSignal.timeout(LOCK_PATIENCE_MS);
    const ending = signal === undefined ? patience : AbortSignal.any([signal, patience]);
    while (!ending.aborted) {
      if (lock.mayBarge() && lock.lock(SHARED)) {
        lock.leave();
        return lock;
      }
      await lock.turn(ending);
    }
  } catch {
    // In a folder that may only be read there is no lock; then others cannot write there either.
  }
  lock?.close();
  return undefined;
}

interface Facts {
  readonly database: string;
  readonly journal: string;
  readonly wal: string;
  readonly walHeader: string;
}

/** What differs once anything was committed; in the database's header there is a counter, since clocks are coarse. */
export function signatureOf(path: string): string {
  return Object.values(factsOf(path)).join("/");
}

function factsOf(path: string): Facts {
  const fact = (suffix: string): string => {
    const stat = statSync(path + suffix, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? "" : `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
  };
  return {
    database: `${fact("")}:${beginning(path)}`, journal: fact("-journal"), wal: fact("-wal"), walHeader: beginning(`${path}-wal`),
  };
}

/** The header, of either file, as far as it tells of changes. */
function beginning(path: string): string {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return "";
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    return bytes.toString("hex", 0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** Merges the copy's `-wal`, or rolls its journal back, and leaves one file in rollback mode. */
async function settle(target: string): Promise<void> {
  const db = await openSqlite(target, { persistence: nodeFile(), lock: memoryLock(), nativeClients: "none", durability: "process" });
  try {
    for await (const _ of db.run("PRAGMA journal_mode = DELETE; SELECT count(*) FROM sqlite_schema;")) void _;
  } finally {
    await db.close();
  }
  for (const suffix of [...SIDECARS, "-shm"]) rmSync(target + suffix, { force: true });
}
