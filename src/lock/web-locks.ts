import { monotonicMs } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import { NONE, type Lock, type LockAdapter, type LockHolder, type LockLevel, type SHARED } from "./lock.ts";

/**
 * Web Locks: among the tabs and workers of one site, in the order of asking, and let
 * go by the browser when a tab ends. A lock is granted asynchronously: `turn` brings
 * it, and it stays in hand until `leave`, and until the level is NONE again. Readers
 * exclude readers, as in the dotfile lock.
 */
export function webLocks(): LockAdapter {
  return {
    name: "webLocks",
    excludes: { otherProcesses: true, unixDotfile: false, unix: false },
    open(path) {
      if (typeof navigator === "undefined" || navigator.locks === undefined) {
        throw new ProgressDbError("IO", "there are no Web Locks here", { hint: "serve the page from https or localhost" });
      }
      return new WebLock(`hive-progress-db:${path}`);
    },
    nativeClients: () => "none", // Nothing else reaches a site's storage.
  };
}

/** A lock just granted is kept so long, in case there is more to do: to hand it over costs more than a transaction. */
const KEPT_MS = 30;

const HOLDER: LockHolder = {
  description: "another tab or worker of this site",
  wayOut: "close the tabs that have it open",
};

class WebLock implements Lock {
  level: LockLevel = NONE;
  readonly #name: string;
  /** Gives the granted lock back; `undefined` while it is not ours. */
  #giveBack: (() => void) | undefined;
  #grantedAt = 0;
  /** From `turn` to `leave`: the lock is kept between transactions. */
  #isWanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  lock(level: LockLevel): boolean {
    if (this.#giveBack === undefined) return false;
    if (level > this.level) this.level = level;
    return true;
  }

  unlock(level: typeof NONE | typeof SHARED): void {
    if (level < this.level) this.level = level;
    this.#giveBackUnlessNeeded();
  }

  reservedElsewhere(): boolean {
    return false; // Asked by who holds the lock, which shuts out everybody else.
  }

  held(): boolean {
    return this.level > NONE && this.#giveBack !== undefined;
  }

  holder(): LockHolder | undefined {
    return this.#giveBack === undefined ? HOLDER : undefined;
  }

  async turn(signal: AbortSignal): Promise<void> {
    this.#isWanted = true;
    if (this.#giveBack !== undefined || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const hold = (): Promise<void> => new Promise((giveBack) => {
        this.#giveBack = giveBack;
        this.#grantedAt = monotonicMs();
        resolve();
        this.#giveBackUnlessNeeded(); // `leave` may have come first.
      });
      // Rejects when the wait is aborted, and when somebody steals the lock.
      navigator.locks.request(this.#name, { signal }, hold).catch(() => {
        this.#giveBack = undefined;
        resolve();
      });
    });
  }

  mayBarge(): boolean {
    if (this.#giveBack === undefined || !(this.#isWanted || this.#keptFor() > 0)) return false;
    this.#isWanted = true; // Until `leave`: files are got ready and saved asynchronously.
    return true;
  }

  leave(): void {
    this.#isWanted = false;
    this.#giveBackUnlessNeeded();
  }

  close(): void {
    this.level = NONE;
    this.#isWanted = false;
    this.#grantedAt = -Infinity;
    this.#giveBackUnlessNeeded();
  }

  #keptFor(): number {
    return this.#grantedAt + KEPT_MS - monotonicMs();
  }

  #giveBackUnlessNeeded(): void {
    if (this.#isWanted || this.level > NONE || this.#giveBack === undefined) return;
    if (this.#keptFor() > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#giveBackUnlessNeeded(), this.#keptFor());
      return;
    }
    this.#giveBack();
    this.#giveBack = undefined;
  }
}
