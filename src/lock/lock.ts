/**
 * The lock contract: who may touch a database's bytes.
 *
 * The states are SQLite's own five. SQLite drives them through the VFS, so that
 * `BEGIN IMMEDIATE` is true between all who share the adapter's protocol. Calls
 * never block; waiting is asynchronous and belongs to the caller, which asks
 * `turn` when another attempt is worth making.
 */

export const NONE = 0;
export const SHARED = 1;
export const RESERVED = 2;
export const PENDING = 3;
export const EXCLUSIVE = 4;
export type LockLevel = typeof NONE | typeof SHARED | typeof RESERVED | typeof PENDING | typeof EXCLUSIVE;

/** Who holds a lock, as far as it left its facts. */
export interface LockHolder {
  readonly pid?: number;
  readonly host?: string;
  /** When the holder opened the database, ISO 8601. */
  readonly since?: string;
  /** Proven gone: whoever asks for the lock next inherits it. */
  readonly isDead?: boolean;
  /** One sentence for a person: who, and how sure we are. */
  readonly description: string;
  /** What to do when the holder will never come back; empty when there is nothing to do but wait. */
  readonly wayOut: string;
}

/** One opened database's share in the lock. */
export interface Lock {
  readonly level: LockLevel;
  /** Raises the level. False when another's hold forbids it: nothing changed. */
  lock(level: LockLevel): boolean;
  /** Lowers the level to SHARED or NONE. */
  unlock(level: typeof NONE | typeof SHARED): void;
  /** True when *another* holds RESERVED or more. */
  reservedElsewhere(): boolean;
  /**
   * True while the hold that `level` claims is really ours. Asked before every
   * write: a process that was paused while its lock was broken must not write.
   */
  held(): boolean;
  /** The holder that stands in the way, if one can be named. */
  holder(): LockHolder | undefined;
  /**
   * Takes a place among the waiting; resolves when an attempt is worth making. It raises
   * no level; an adapter that is granted its lock asynchronously has it in hand from
   * here until `leave`.
   */
  turn(signal: AbortSignal): Promise<void>;
  /**
   * False when others have waited long enough that the caller should take its place
   * behind them, and when only `turn` can bring the lock. After true comes `leave`, too.
   */
  mayBarge(): boolean;
  /** Gives up the place taken by `turn`. */
  leave(): void;
  /** Lets go of everything. */
  close(): void;
}

/** What is known of native clients (the `sqlite3` shell, Python) that have a database open by the ordinary VFS. */
export type NativeClients = "none" | "live" | "unknown";

export interface LockAdapter {
  readonly name: string;
  /** Which clients this lock shuts out, and is shut out by. */
  readonly excludes: {
    /** Other users of this adapter, in this process and others. */
    readonly otherProcesses: boolean;
    /** SQLite opened with `vfs=unix-dotfile`. */
    readonly unixDotfile: boolean;
    /** SQLite opened in the ordinary way (byte-range locks). */
    readonly unix: boolean;
  };
  /** `path` is canonical, from `Persistence.resolve`. */
  open(path: string): Lock;
  /** Looks for ordinary native clients of a database; they are invisible to locks that do not exclude them. */
  nativeClients(path: string): NativeClients;
}
