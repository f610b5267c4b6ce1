import { statSync } from "node:fs";
import { LockedFile, READ, WRITE, type Range } from "./byte-range.ts";
import { libc } from "./libc.ts";
import { Line } from "./line.ts";
import { NONE, PENDING, RESERVED, SHARED, type Lock, type LockAdapter, type LockHolder, type LockLevel } from "./lock.ts";
import { Owners } from "./owners.ts";

/**
 * SQLite's own lock, as its ordinary VFS takes it: byte ranges far behind the
 * data (sqlite.org/lockingv3.html). It shuts out, and is shut out by, every
 * `sqlite3` and every Python that opens the file in the ordinary way. The kernel
 * frees it when its holder dies.
 *
 * Needs Linux and a foreign function interface: Node 26.1, Bun, or Deno with
 * `--allow-ffi`. Throws INVALID_INPUT elsewhere.
 */
export function native(): LockAdapter {
  libc();
  return {
    name: "native",
    excludes: { otherProcesses: true, unixDotfile: false, unix: true },
    open: (path) => new NativeLock(path),
    nativeClients: () => "none", // They are shut out like anybody else.
  };
}

const PENDING_BYTE: Range = { start: 0x40000000, length: 1 };
const RESERVED_BYTE: Range = { start: PENDING_BYTE.start + 1, length: 1 };
const SHARED_BYTES: Range = { start: PENDING_BYTE.start + 2, length: 510 };
const PENDING_AND_RESERVED: Range = { start: PENDING_BYTE.start, length: 2 };
const ALL: Range = { start: PENDING_BYTE.start, length: 512 };

class NativeLock implements Lock {
  level: LockLevel = NONE;
  readonly #path: string;
  readonly #owners: Owners;
  readonly #line: Line;
  #file: LockedFile | undefined;

  constructor(path: string) {
    this.#path = path;
    // Of the owners we only use the line: the kernel knows who owns the lock.
    this.#owners = new Owners(`${path}.lock`, `${path}.lock-owners`);
    this.#line = new Line(this.#owners, () => {
      const blocker = this.#open().conflict(WRITE, ALL);
      // One hold looks like the next until something is committed.
      return blocker && { holder: blocker.pid, since: statSync(path).mtimeMs };
    });
  }

  lock(level: LockLevel): boolean {
    if (level <= this.level) return true;
    if (this.level === NONE && !this.#share()) return false;
    if (level === SHARED) return true;
    const file = this.#open();
    if (level === RESERVED) {
      if (!file.lock(WRITE, RESERVED_BYTE)) return false;
    } else {
      // A hot journal is rolled back from SHARED at once; a writer first keeps new readers out.
      if (this.level === RESERVED) {
        if (!file.lock(WRITE, PENDING_BYTE)) return false;
        this.level = PENDING;
      }
      if (!file.lock(WRITE, SHARED_BYTES)) return false;
    }
    this.level = level;
    return true;
  }

  unlock(level: typeof NONE | typeof SHARED): void {
    if (level >= this.level) return;
    const file = this.#open();
    if (level === SHARED) {
      file.lock(READ, SHARED_BYTES); // From a lock for writing it cannot be refused.
      file.unlock(PENDING_AND_RESERVED);
    } else {
      file.unlock(ALL);
      this.#line.released();
    }
    this.level = level;
  }

  reservedElsewhere(): boolean {
    return this.level < RESERVED && this.#open().conflict(WRITE, RESERVED_BYTE) !== undefined;
  }

  held(): boolean {
    return this.level > NONE;
  }

  holder(): LockHolder | undefined {
    const blocker = this.#open().conflict(WRITE, ALL);
    if (blocker === undefined) return undefined;
    const wayOut = "end that process: the kernel then frees the lock";
    return blocker.pid > 0
      ? { pid: blocker.pid, description: `process ${blocker.pid}, by SQLite's own lock`, wayOut }
      : { description: "a process that uses this library's native lock", wayOut };
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
    this.#file?.close();
    this.#file = undefined;
    this.#owners.close();
  }

  /** SHARED, by way of PENDING: a writer that waits for its readers to leave lets no new ones in. */
  #share(): boolean {
    if (this.#file?.isReplaced() === true) {
      this.#file.close();
      this.#file = undefined;
    }
    const file = this.#open();
    if (!file.lock(READ, PENDING_BYTE)) return false;
    const isShared = file.lock(READ, SHARED_BYTES);
    file.unlock(PENDING_BYTE);
    if (!isShared) return false;
    this.level = SHARED;
    this.#line.taken();
    return true;
  }

  #open(): LockedFile {
    return (this.#file ??= new LockedFile(this.#path));
  }
}
