/**
 * The persistence contract: where a database's bytes live.
 *
 * Calls are synchronous because SQLite's are. An adapter throws an `Error` whose
 * `code` is a system error word (`ENOENT`, `EACCES`, `ENOSPC`, `EIO`, …); the VFS
 * turns it into SQLite's result code and keeps it as the cause. Adapters know
 * nothing of SQLite, locks or the ledger.
 */

export { systemError } from "../errors.ts"; // What an adapter throws, where the system gives nothing to throw.

export interface FileStat {
  /** Bytes. */
  readonly size: number;
  /** Which file the path names now; differs once another took its place. */
  readonly id: string;
  /** Differs when the file was replaced or written to since. */
  readonly version: string;
}

export interface PersistentFile {
  readonly readOnly: boolean;
  /** Fills `into` from `offset`; returns the bytes read, fewer than asked only at the end of the file. */
  read(into: Uint8Array, offset: number): number;
  /** Writes all of `from` at `offset`, growing the file with zeros if there is a gap, or throws. */
  write(from: Uint8Array, offset: number): void;
  truncate(size: number): void;
  /** Returns when content and size would survive a power cut, as far as the store can promise it. */
  sync(): void;
  size(): number;
  /** True when the path no longer names this file (renamed over, deleted). */
  moved(): boolean;
  close(): void;
}

export interface Persistence {
  readonly name: string;
  /** True when nobody else can change what is in it, or see what is changed: a WAL-mode database may be converted to be read. */
  readonly isPrivate?: boolean;
  /** The one canonical name of a path: absolute, links followed. The file need not exist, its folder must. */
  resolve(path: string): string;
  /**
   * `create` makes the file when it is missing, with the permissions and the owner
   * of the file `like`, if that is there. A file that may only be read is opened
   * with `readOnly` set on the result; `ENOENT` when missing.
   */
  open(path: string, options: { readonly create: boolean; readonly like?: string }): PersistentFile;
  /** `undefined` when there is no such file. Takes no lock and keeps nothing open. */
  stat(path: string): FileStat | undefined;
  /** Deletes the file; a missing one throws `ENOENT`. */
  delete(path: string): void;
  /** Makes creations and deletions in the file's folder survive a power cut. */
  syncDirectory(path: string): void;

  /*
   * A store that can open, load or save only asynchronously has what follows too; the
   * handle calls it around the synchronous part.
   */

  /**
   * Makes the database at `path` and what belongs to it (`-journal`, `-wal`) ready for
   * the calls above, until control goes back to the event loop. Called with the lock in
   * hand before each transaction; with `create` before a database is made. False when
   * somebody else had it until the signal aborted.
   */
  prepare?(path: string, options: { readonly create: boolean; readonly signal: AbortSignal }): Promise<boolean>;
  /** Keeps what was committed; called after COMMIT, which is acknowledged only then. When it throws the commit did not happen. */
  persist?(path: string): Promise<void>;
  /** The database is no longer used here. */
  release?(path: string): Promise<void>;
}

/** Closes a file that was only read: a failure to do so loses nothing. */
export function closeAfterReading(file: PersistentFile | undefined): void {
  try {
    file?.close();
  } catch {
    // Its descriptor is gone all the same.
  }
}
