import { monotonicMs } from "../clock.ts";
import { errnoOf, isProgressDbError, ProgressDbError } from "../errors.ts";
import { NONE, type Lock } from "../lock/lock.ts";
import { systemError, type Persistence, type PersistentFile } from "../persistence/persistence.ts";
import { JournalBuffer, JournalMemory } from "./journal-buffer.ts";
import * as rc from "./result-codes.ts";

/** The header's change counter, raised by every commit in rollback mode (sqlite.org/fileformat2.html). */
const CHANGE_COUNTER = { offset: 24, bytes: 4 } as const;

/** How long the lock, once seen to be ours, is taken to be so, milliseconds: breaking it takes a person. */
const HELD_FOR_MS = 1;

/**
 * One database with its journal: the files SQLite opens under one name, and the
 * lock they share. Keeps two rules. No page of the database changes before the
 * journal written so far has left our buffer; and nothing at all changes without
 * the lock, asked anew each time, since a paused process may have lost it.
 */
export class Volume {
  readonly persistence: Persistence;
  readonly path: string;
  readonly lock: Lock | undefined;
  /** The journal now open, if any. */
  journal: JournalBuffer | undefined;
  readonly #journalMemory = new JournalMemory();
  /** What made the last call fail, for the error's cause. */
  #failure: unknown;
  /** When the lock was last seen to be ours. */
  #heldAt = -Infinity;
  /** Which journal and which `-wal` are known to have their folder entry on disk. */
  readonly #syncedEntries = new Map<string, string | undefined>();
  #database: PersistentFile | undefined;
  #isWal = false;

  constructor(persistence: Persistence, path: string, lock: Lock | undefined) {
    this.persistence = persistence;
    this.path = path;
    this.lock = lock;
  }

  /** Runs a call for SQLite; an exception becomes a result code and is kept. */
  attempt(failure: number, call: () => number | void): number {
    try {
      return call() ?? rc.OK;
    } catch (error) {
      // The first failure explains those that follow from it.
      this.#failure ??= error;
      return resultCodeOf(error, failure);
    }
  }

  /** The failure since the last asking. */
  takeFailure(): unknown {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  open(suffix: string, flags: number): VolumeFile {
    const path = this.path + suffix;
    const create = (flags & rc.OPEN_CREATE) !== 0 && suffix !== "";
    const file = this.persistence.open(path, { create, like: this.path });
    if (file.readOnly && (flags & rc.OPEN_MAIN_DB) === 0 && (flags & rc.OPEN_READWRITE) !== 0) {
      file.close();
      throw systemError("EACCES", path); // SQLite falls back to reading a database, but its journal must be written.
    }
    if ((flags & rc.OPEN_MAIN_DB) !== 0) this.#database = file;
    if ((flags & rc.OPEN_WAL) !== 0) this.#isWal = true;
    if ((flags & rc.OPEN_MAIN_JOURNAL) === 0) return new VolumeFile(this, path, file, flags);
    this.journal = new JournalBuffer(file, this.#journalMemory, () => this.assertHeld());
    return new VolumeFile(this, path, this.journal, flags);
  }

  /** True when the database could be opened for reading only. */
  get isReadOnly(): boolean {
    return this.#database?.readOnly === true;
  }

  delete(suffix: string, syncDirectory: boolean): void {
    this.assertHeld();
    this.persistence.delete(this.path + suffix);
    if (syncDirectory) this.persistence.syncDirectory(this.path);
  }

  /** A new journal or `-wal` counts only once its folder entry is on disk; SQLite's own VFS syncs the folder too. */
  syncEntry(path: string): void {
    const id = this.persistence.stat(path)?.id;
    if (id !== undefined && id === this.#syncedEntries.get(path)) return;
    this.persistence.syncDirectory(path);
    this.#syncedEntries.set(path, id);
  }

  /** A mark that every commit changes; `undefined` in WAL mode, where none is to be had. */
  commitMark(): string | undefined {
    return this.#database === undefined || this.#isWal ? undefined : changeCounter(this.#database);
  }

  /** Throws unless the lock is ours. A look is good for a moment: a pause long enough to lose the lock is longer. */
  assertHeld(): void {
    if (this.lock === undefined) return;
    const now = monotonicMs();
    if (this.lock.level > NONE && now - this.#heldAt < HELD_FOR_MS) return;
    if (this.lock.held()) {
      this.#heldAt = now;
      return;
    }
    throw new ProgressDbError("BUSY", `the lock on ${this.path} was taken away while this process was paused; nothing was written`, {
      hint: "the transaction did not happen: run it again",
      details: { path: this.path, lockLost: true },
    });
  }
}

/** As text, to be compared; empty for an empty file. */
export function changeCounter(file: PersistentFile): string {
  const counter = new Uint8Array(CHANGE_COUNTER.bytes);
  return file.read(counter, CHANGE_COUNTER.offset) < counter.length ? "" : counter.join(".");
}

/** A file SQLite has open. */
export class VolumeFile {
  readonly volume: Volume;
  readonly file: PersistentFile;
  /** Only the database itself is locked; its journal goes with it. */
  readonly lock: Lock | undefined;
  readonly #path: string;
  readonly #flags: number;
  #entrySynced = false;

  constructor(volume: Volume, path: string, file: PersistentFile, flags: number) {
    this.volume = volume;
    this.file = file;
    this.#path = path;
    this.#flags = flags;
    this.lock = (flags & rc.OPEN_MAIN_DB) === 0 ? undefined : volume.lock;
  }

  get #isJournal(): boolean {
    return this.file instanceof JournalBuffer;
  }

  write(from: Uint8Array, offset: number): void {
    if (!this.#isJournal) this.#beforeChange(); // The journal's buffer asks for the lock itself.
    this.file.write(from, offset);
  }

  truncate(size: number): void {
    if (!this.#isJournal) this.#beforeChange();
    this.file.truncate(size);
  }

  /** Changes nothing, so it needs no lock: when the last one of a commit comes, the commit has happened. */
  sync(): void {
    this.file.sync();
    if ((this.#flags & (rc.OPEN_MAIN_JOURNAL | rc.OPEN_WAL)) === 0 || this.#entrySynced) return;
    this.volume.syncEntry(this.#path);
    this.#entrySynced = true;
  }

  reservedElsewhere(): boolean {
    return this.lock?.reservedElsewhere() ?? false;
  }

  close(): void {
    if (this.file === this.volume.journal) this.volume.journal = undefined;
    this.file.close();
    if ((this.#flags & rc.OPEN_DELETEONCLOSE) !== 0) this.volume.persistence.delete(this.#path);
  }

  /** The flush first: it may take its time, and the look at the lock must be the last thing before the change. */
  #beforeChange(): void {
    this.volume.journal?.flush();
    this.volume.assertHeld();
  }
}

/** Which result code a failed call gets, from the system error that caused it. */
function resultCodeOf(error: unknown, failure: number): number {
  if (isProgressDbError(error)) return failure;
  switch (errnoOf(error)) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return rc.FULL;
    case "ENOENT":
      return failure === rc.IOERR_DELETE ? rc.IOERR_DELETE_NOENT : failure;
    default:
      return failure;
  }
}
