import { mkdirSync, rmdirSync, rmSync, statSync, type BigIntStats } from "node:fs";
import { monotonicMs, sleep } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import { NONE, type Lock, type LockAdapter, type LockHolder, type LockLevel, type SHARED } from "./lock.ts";
import { findNativeClients } from "./native-clients.ts";
import { ignoring, Owners } from "./owners.ts";

/**
 * SQLite's `unix-dotfile` protocol with owners: whoever makes the folder
 * `<db>.lock` may touch the database, and every level above NONE excludes all
 * others. Among ourselves the lock is `<db>.lock-owners/holder` (see owners.ts);
 * its holder then makes the folder, which native clients opened with
 * `vfs=unix-dotfile` respect, and whose making by them we respect.
 */

/**
 * Permission bits of our folder. SQLite makes its own with 0777 less the umask;
 * without the owner's write bit it is one of ours. A folder that is ours while
 * somebody else holds the lock was left by a dead holder and may be kept; one
 * that is not ours belongs to a native client, and is never touched.
 */
const OUR_MODE = 0o500;
const OWNER_WRITE = 0o200n;

/** How long one process may take the lock again and again while others wait, milliseconds. */
const QUANTUM_MS = 10;
/** How often the head of the line tries, and how much longer each place behind it waits, milliseconds. */
const HEAD_MS = 1;
const PLACE_MS = 3;
const LONGEST_MS = 25;

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
 */
export function breakLock(path: string): void {
  rmSync(ownersFolder(path), { recursive: true, force: true });
  ignoring(["ENOENT"], () => rmdirSync(lockFolder(path)));
}

const lockFolder = (path: string): string => `${path}.lock`;
const ownersFolder = (path: string): string => `${path}.lock-owners`;

class DotfileLock implements Lock {
  level: LockLevel = NONE;
  readonly #path: string;
  readonly #folder: string;
  readonly #owners: Owners;
  #folderInode = 0n;
  #folderMode = 0n;
  #waits = false;
  #swept = false;
  #lastHeldAt = -Infinity;
  /** Since when we take the lock again and again while others wait. */
  #quantumStart: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#folder = lockFolder(path);
    this.#owners = new Owners(ownersFolder(path));
  }

  lock(level: LockLevel): boolean {
    if (this.level === NONE && !this.#acquire()) return false;
    if (level > this.level) this.level = level;
    return true;
  }

  unlock(level: typeof NONE | typeof SHARED): void {
    if (level >= this.level) return;
    this.level = level;
    if (level !== NONE) return;
    this.#lastHeldAt = monotonicMs();
    if (!this.#owners.isHolder()) return; // Broken by force: what is there now is another's.
    if (this.#isOurs(this.#statFolder())) rmdirSync(this.#folder);
    this.#owners.release();
  }

  reservedElsewhere(): boolean {
    // Asked when there is a journal: is it a live transaction's, or a dead one's to be rolled back?
    // Ours excludes every other client but an ordinary native one, whose transaction we must not undo.
    if (findNativeClients(this.#path) === "live") {
      throw new ProgressDbError("NATIVE_CLIENTS", `${this.#path} is being written by a native client that does not see the dotfile lock`, {
        hint: "let it finish, and open the file natively with vfs=unix-dotfile from now on",
        details: { path: this.#path },
      });
    }
    return false;
  }

  held(): boolean {
    return this.level > NONE && this.#owners.isHolder() && this.#isOurs(this.#statFolder());
  }

  holder(): LockHolder | undefined {
    const facts = this.#owners.holder();
    const paths = [this.#owners.holderPath, this.#folder];
    if (facts !== undefined) {
      const { pid, host, since } = facts;
      return { pid, host, since, paths, description: `process ${pid} on ${host}, which opened the database at ${since}` };
    }
    if (this.#statFolder() === undefined) return undefined;
    return { paths, description: "a native client (vfs=unix-dotfile), which leaves no facts about itself" };
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
    const place = this.#owners.placeInLine();
    if (place > 0) this.#owners.dropDeadHead();
    const ms = place === 0 ? HEAD_MS : Math.min(PLACE_MS * (place + Math.random()), LONGEST_MS);
    await sleep(ms, signal);
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

  #acquire(): boolean {
    if (!this.#owners.take()) return false;
    try {
      if (this.#takeFolder()) {
        if (this.#waits) this.#quantumStart = monotonicMs();
        if (!this.#swept) this.#owners.sweep();
        this.#swept = true;
        return true;
      }
    } catch (error) {
      this.#owners.release();
      throw error;
    }
    this.#owners.release();
    return false;
  }

  /** Makes the folder, or keeps the one a dead holder of ours left. */
  #takeFolder(): boolean {
    const isMade = ignoring(["EEXIST"], () => {
      mkdirSync(this.#folder, { mode: OUR_MODE });
      return true;
    });
    const stat = this.#statFolder();
    if (stat === undefined) return false; // Another's, gone a moment ago: worth another attempt.
    if (isMade === undefined && (stat.mode & OWNER_WRITE) !== 0n) return false;
    this.#folderInode = stat.ino;
    this.#folderMode = stat.mode;
    return true;
  }

  #statFolder(): BigIntStats | undefined {
    return statSync(this.#folder, { bigint: true, throwIfNoEntry: false });
  }

  /** Inode numbers are given again: the mode tells our folder from one made in its place by a native client. */
  #isOurs(folder: BigIntStats | undefined): boolean {
    return folder !== undefined && folder.ino === this.#folderInode && folder.mode === this.#folderMode;
  }
}
