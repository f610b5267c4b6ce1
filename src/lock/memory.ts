import {
  EXCLUSIVE, NONE, PENDING, RESERVED, SHARED,
  type Lock, type LockAdapter, type LockHolder, type LockLevel,
} from "./lock.ts";

/** The adapter to read first: SQLite's five states among the handles of one process, in waiting order. */

interface Locked {
  readonly holders: Set<MemoryLock>;
  readonly waiting: Set<() => void>;
}

export function memoryLock(): LockAdapter {
  const paths = new Map<string, Locked>();
  return {
    name: "memory",
    excludes: { otherProcesses: false, unixDotfile: false, unix: false },
    open(path) {
      let locked = paths.get(path);
      if (locked === undefined) {
        locked = { holders: new Set(), waiting: new Set() };
        paths.set(path, locked);
      }
      return new MemoryLock(locked);
    },
    nativeClients: () => "none",
  };
}

class MemoryLock implements Lock {
  level: LockLevel = NONE;
  readonly #locked: Locked;
  #wake: (() => void) | undefined;

  constructor(locked: Locked) {
    this.#locked = locked;
  }

  lock(level: LockLevel): boolean {
    if (level <= this.level) return true;
    const others = [...this.#locked.holders].filter((other) => other !== this);
    if (level === SHARED && others.some((other) => other.level >= PENDING)) return false;
    if (level >= RESERVED && others.some((other) => other.level >= RESERVED)) return false;
    if (level === EXCLUSIVE && others.length > 0) {
      this.level = PENDING; // No new readers: the ones there will leave.
      return false;
    }
    this.level = level;
    this.#locked.holders.add(this);
    return true;
  }

  unlock(level: typeof NONE | typeof SHARED): void {
    if (level >= this.level) return;
    this.level = level;
    if (level === NONE) this.#locked.holders.delete(this);
    for (const wake of this.#locked.waiting) wake();
  }

  reservedElsewhere(): boolean {
    return [...this.#locked.holders].some((other) => other !== this && other.level >= RESERVED);
  }

  held(): boolean {
    return this.level > NONE;
  }

  holder(): LockHolder | undefined {
    return this.#locked.holders.size === 0
      ? undefined
      : { description: "another handle of this process", wayOut: "" };
  }

  turn(signal: AbortSignal): Promise<void> {
    this.leave();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#locked.waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#wake = wake;
      this.#locked.waiting.add(wake);
      signal.addEventListener("abort", wake);
      if (signal.aborted || this.#locked.holders.size === 0) wake();
    });
  }

  mayBarge(): boolean {
    return this.#locked.waiting.size === 0;
  }

  leave(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  close(): void {
    this.leave();
    this.unlock(NONE);
  }
}
