import type { PersistentFile } from "../persistence/persistence.ts";

/**
 * Gathers the rollback journal's many small writes and passes them on as one:
 * SQLite appends a page number, a page and a checksum in three calls. What is
 * gathered must be passed on (`flush`) before the journal is synced, and before
 * any page of the database changes.
 */

/** Bytes gathered at most before they are passed on. */
const CAPACITY = 1 << 20;

/** The buffer's memory, kept from one journal to the next: a journal lives for one transaction. */
export class JournalMemory {
  bytes: Uint8Array = new Uint8Array(1 << 15);

  /** Makes room for `length` bytes, keeping the first `keep`. */
  grow(length: number, keep: number): void {
    if (length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.min(CAPACITY, Math.max(length, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, keep));
    this.bytes = grown;
  }
}

export class JournalBuffer implements PersistentFile {
  readonly #file: PersistentFile;
  readonly #beforeChange: () => void;
  readonly #memory: JournalMemory;
  /** Where in the file the gathered bytes belong. */
  #start = 0;
  #length = 0;

  /** `beforeChange` runs before the file is changed in any way, and may refuse by throwing. */
  constructor(file: PersistentFile, memory: JournalMemory, beforeChange: () => void) {
    this.#file = file;
    this.#memory = memory;
    this.#beforeChange = beforeChange;
  }

  get readOnly(): boolean {
    return this.#file.readOnly;
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#beforeChange();
    this.#file.write(this.#memory.bytes.subarray(0, this.#length), this.#start);
    this.#length = 0;
  }

  write(from: Uint8Array, offset: number): void {
    const at = offset - this.#start;
    const joins = this.#length > 0 && at >= 0 && at <= this.#length && at + from.length <= CAPACITY;
    if (!joins) {
      this.flush();
      if (from.length > CAPACITY) {
        this.#beforeChange();
        return this.#file.write(from, offset);
      }
      this.#start = offset;
    }
    const end = offset - this.#start + from.length;
    this.#memory.grow(end, this.#length);
    this.#memory.bytes.set(from, offset - this.#start);
    this.#length = Math.max(this.#length, end);
  }

  /** From the file and from what is gathered: a rollback on a full disk could not pass that on first. */
  read(into: Uint8Array, offset: number): number {
    const count = this.#file.read(into, offset);
    const from = Math.max(offset, this.#start);
    const to = Math.min(offset + into.length, this.#start + this.#length);
    if (from >= to) return count;
    into.fill(0, Math.min(count, from - offset), from - offset);
    into.set(this.#memory.bytes.subarray(from - this.#start, to - this.#start), from - offset);
    return Math.max(count, to - offset);
  }

  truncate(size: number): void {
    if (size <= this.#start) this.#length = 0;
    this.flush();
    this.#beforeChange();
    this.#file.truncate(size);
  }

  sync(): void {
    this.flush();
    this.#file.sync();
  }

  size(): number {
    return Math.max(this.#file.size(), this.#length === 0 ? 0 : this.#start + this.#length);
  }

  moved(): boolean {
    return this.#file.moved();
  }

  close(): void {
    this.#length = 0; // A journal closed before it was synced belongs to a transaction that did not happen.
    this.#file.close();
  }
}
