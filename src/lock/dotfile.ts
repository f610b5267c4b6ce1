import { rmSync, statSync } from "node:fs";
import { monotonicMs, sleep } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import { NONE, type Lock, type LockAdapter, type LockHolder, type LockLevel, type SHARED } from "./lock.ts";
import { findNativeClients } from "./native-clients.ts";
import { Owners } from "./owners.ts";

/**
 * SQLite's `unix-dotfile` protocol with owners. Whoever makes `<db>.lock` may
 * touch the database, and every level above NONE excludes all others.
 *
 * Native clients (`vfs=unix-dotfile`) make a folder of that name and remove it
 * with rmdir. We make a hard link to a file with our facts: their mkdir fails on
 * it as it does on a folder, their rmdir never meets it, and it says whose it
 * is. A folder there is a native client's, and is never touched.
 */

/** How long one process may take the lock again and again while others wait, milliseconds. */
const QUANTUM_MS = 10;
/** How often the head of the line looks, and how much longer each place behind it waits, milliseconds. */
const HEAD_MS = 1;
const PLACE_MS = 3;
const LONGEST_MS = 25;
/** While one hold lasts, each look waits longer than the last by this factor, up to this many milliseconds. */
const BACKOFF = 1.3;
const PATIENT_MS = 10;
/** When to try all the same: a dead holder's lock does not go away by itself. */
const TRY_MS = 50;

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
 * If the holder left a journal, the lock stays shut to native clients until one
 * of ours has rolled it back: SQLite before 3.41 would not, with this VFS.
 */
export function breakLock(path: string): void {
  const hasJournal = (statSync(`${path}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const isNative = statSync(lockPath(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (hasJournal && !isNative) new Owners(lockPath(path), ownersFolder(path)).breakForNextOwner();
  else rmSync(lockPath(path), { recursive: true, force: true });
}

const lockPath = (path: string): string => `${path}.lock`;
const ownersFolder = (path: string): string => `${path}.lock-owners`;

class DotfileLock implements Lock {
  level: LockLevel = NONE;
  readonly #path: string;
  readonly #owners: Owners;
  #waits = false;
  #swept = false;
  #lastHeldAt = -Infinity;
  /** Since when we take the lock again and again while others wait. */
  #quantumStart: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#owners = new Owners(lockPath(path), ownersFolder(path));
  }

  lock(level: LockLevel): boolean {
    if (this.level === NONE && !this.#take()) return false;
    if (level > this.level) this.level = level;
    return true;
  }

  unlock(level: typeof NONE | typeof SHARED): void {
    if (level >= this.level) return;
    this.level = level;
    if (level !== NONE) return;
    this.#lastHeldAt = monotonicMs();
    this.#owners.release();
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
    if (this.#waits) return true;
    if (this.#owners.line().length === 0) {
      this.#quantumStart = undefined;
      return true;
    }
    const now = monotonicMs();
    if (now - this.#lastHeldAt > QUANTUM_MS) return false;
    this.#quantumStart ??= now;
    return now - this.#quantumStart < QUANTUM_MS;
  }

  async turn(signal: AbortSignal): Promise<void> {
    this.#waits = true;
    const end = monotonicMs() + TRY_MS;
    let seen = this.#holdSeen();
    let least = this.#msBetweenLooks();
    let ms = least;
    do {
      await sleep(ms, signal);
      const now = this.#holdSeen();
      if (now === undefined) return;
      // Another holder: whoever was behind in the line may be its head by now.
      if (now.file !== seen?.file) least = this.#msBetweenLooks();
      ms = now.since === seen?.since ? Math.max(ms, Math.min(ms * BACKOFF, PATIENT_MS)) : least;
      seen = now;
    } while (!signal.aborted && monotonicMs() < end);
  }

  #msBetweenLooks(): number {
    const place = this.#owners.placeInLine();
    if (place === 0) return HEAD_MS;
    this.#owners.dropDeadHead();
    return Math.min(PLACE_MS * (place + Math.random()), LONGEST_MS);
  }

  /** What tells one hold from the next, cheaply: linking changes the file's time. `undefined` when the lock is free. */
  #holdSeen(): { file: number; since: number } | undefined {
    const stat = statSync(lockPath(this.#path), { throwIfNoEntry: false });
    return stat && { file: stat.ino, since: stat.ctimeMs };
  }

  leave(): void {
    if (!this.#waits) return;
    this.#waits = false;
    this.#owners.leaveLine();
  }

  close(): void {
    this.leave();
    this.unlock(NONE);
    this.#owners.close();
  }

  #take(): boolean {
    if (!this.#owners.take()) return false;
    if (this.#waits) this.#quantumStart = monotonicMs();
    if (!this.#swept) this.#owners.sweep({ isHolder: true });
    this.#swept = true;
    return true;
  }
}
