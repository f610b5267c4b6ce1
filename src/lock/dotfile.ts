import { closeSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { clearTimeout, setTimeout } from "node:timers";
import { ProgressDbError } from "../errors.ts";
import { NONE, SHARED, type Lock, type LockAdapter, type LockHolder, type LockLevel } from "./lock.ts";
import { Line } from "./line.ts";
import { findNativeClients } from "./native-clients.ts";
import { ignoring, Owners } from "./owners.ts";
import { isProvenDead } from "./process-facts.ts";

/**
 * SQLite's `unix-dotfile` protocol with owners. Whoever makes `<db>.lock` may
 * touch the database, and every level above NONE excludes all others.
 *
 * Native clients (`vfs=unix-dotfile`) make a folder of that name and remove it
 * with rmdir. We make a hard link to a file with our facts: their mkdir fails on
 * it as it does on a folder, their rmdir never meets it, and it says whose it
 * is. A folder there is a native client's, and is never touched.
 */

/** When to try again to give the lock back, after a failure: at first, and at most, milliseconds. */
const RETRY_MS = 50;
const LONGEST_RETRY_MS = 5000;

export function dotfile(): LockAdapter {
  return {
    name: "dotfile",
    excludes: { otherProcesses: true, unixDotfile: true, unix: false },
    open: (path) => new DotfileLock(path),
    nativeClients: findNativeClients,
  };
}

/**
 * Breaks a database's lock, whoever holds it: the way out when the holder will
 * never come back but cannot be proven dead (another host, a stopped process).
 * A holder of ours that wakes afterwards writes nothing and gets an error; a
 * native client would write, so make sure that none is alive.
 *
 * If the holder left a hot journal, the lock stays shut to native clients until one
 * of ours has rolled it back: SQLite before 3.41 would not, with this VFS.
 */
export function breakLock(path: string): void {
  const isNative = statSync(lockPath(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (hasHotJournal(path) && !isNative) new Owners(lockPath(path), ownersFolder(path)).breakForNextOwner();
  else rmSync(lockPath(path), { recursive: true, force: true });
}

/**
 * Is there a journal to roll back? By SQLite's rule (`hasHotJournal` in pager.c) not
 * one that begins with a zero: its header was not synced before its writer died, and
 * the database is as it was.
 */
function hasHotJournal(path: string): boolean {
  const journal = `${path}-journal`;
  const stat = statSync(journal, { throwIfNoEntry: false });
  if (stat === undefined || stat.size === 0 || !stat.isFile()) return false; // To open a pipe would be to wait.
  const fd = ignoring(["ENOENT"], () => openSync(journal, "r"));
  if (fd === undefined) return false;
  try {
    const start = new Uint8Array(1);
    return readSync(fd, start, 0, 1, 0) === 1 && start[0] !== 0;
  } finally {
    closeSync(fd);
  }
}

const lockPath = (path: string): string => `${path}.lock`;
const ownersFolder = (path: string): string => `${path}.lock-owners`;

class DotfileLock implements Lock {
  level: LockLevel = NONE;
  readonly #path: string;
  readonly #owners: Owners;
  readonly #line: Line;
  #swept = false;
  /** Somebody may have to roll back what we wrote. */
  #hasWritten = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#owners = new Owners(lockPath(path), ownersFolder(path));
    this.#line = new Line(this.#owners, () => {
      const stat = statSync(lockPath(path), { throwIfNoEntry: false });
      return stat && { holder: stat.ino, since: stat.ctimeMs }; // Linking changes the file's time.
    });
  }

  lock(level: LockLevel): boolean {
    if (this.level === NONE && !this.#take()) return false;
    if (level > this.level) this.level = level;
    if (level > SHARED) this.#hasWritten = true;
    return true;
  }

  unlock(level: typeof NONE | typeof SHARED): void {
    if (level >= this.level) return;
    this.level = level;
    if (level !== NONE) return;
    this.#line.released();
    this.#letGo();
  }

  reservedElsewhere(): boolean {
    // Asked when there is a journal: is it a live transaction's, or a dead one's to be rolled back?
    // We exclude every other client but an ordinary native one, whose transaction must not be undone.
    if (findNativeClients(this.#path) === "live") {
      throw new ProgressDbError("NATIVE_CLIENTS", `${this.#path} is being written by a native client that does not see the dotfile lock`, {
        hint: "let it finish, and open the file natively with vfs=unix-dotfile from now on",
        details: { path: this.#path },
      });
    }
    return false;
  }

  held(): boolean {
    return this.level > NONE && this.#owners.isHolder();
  }

  holder(): LockHolder | undefined {
    const path = lockPath(this.#path);
    const facts = this.#owners.holder();
    if (facts !== undefined) {
      const { pid, host, since } = facts;
      return {
        pid, host, since,
        isDead: isProvenDead(facts, path),
        description: `process ${pid} on ${host}, which opened the database at ${since}`,
        wayOut: "call breakLock(path) of hive-progress-db/lock/dotfile; "
          + `or remove ${path} and open the database with this library before any native client does`,
      };
    }
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return {
      description: stat.isDirectory()
        ? "a native client (vfs=unix-dotfile), which leaves no facts about itself"
        : "a file of unknown origin in the lock's place",
      wayOut: `remove ${path}`,
    };
  }

  mayBarge(): boolean {
    return this.#line.mayBarge();
  }

  turn(signal: AbortSignal): Promise<void> {
    return this.#line.turn(signal);
  }

  leave(): void {
    this.#line.leave();
  }

  close(): void {
    this.leave();
    this.level = NONE;
    this.#isClosed = true;
    this.#letGo();
  }

  /** What stays behind would shut all others out: while the disk fails, try again. */
  #letGo(retryMs: number = RETRY_MS): void {
    clearTimeout(this.#retry);
    if (this.level > NONE) return; // Taken again meanwhile.
    try {
      this.#release();
      if (this.#isClosed) this.#owners.close();
    } catch {
      this.#retry = setTimeout(() => this.#letGo(Math.min(retryMs * 2, LONGEST_RETRY_MS)), retryMs).unref();
    }
  }

  /** A journal that could not be rolled back is for the next one of ours: SQLite before 3.41 would write over it, with this VFS. */
  #release(): void {
    if (this.#hasWritten && hasHotJournal(this.#path) && this.#owners.isHolder()) new Owners(lockPath(this.#path), ownersFolder(this.#path)).breakForNextOwner();
    else this.#owners.release();
    this.#hasWritten = false;
  }

  #take(): boolean {
    try {
      if (!this.#owners.take()) return false;
    } catch (error) {
      this.#letGo(); // It may be ours all the same.
      throw error;
    }
    this.#line.taken();
    if (!this.#swept) this.#owners.sweep({ isHolder: true });
    this.#swept = true;
    return true;
  }
}
