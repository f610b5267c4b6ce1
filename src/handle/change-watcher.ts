import type { Persistence, PersistentFile } from "../persistence/persistence.ts";

/** The header's change counter: bytes 24 to 27, raised by every commit in rollback mode (sqlite.org/fileformat2.html). */
const CHANGE_COUNTER = { offset: 24, bytes: 4 } as const;

/** Tells cheaply, without a lock, whether a database may have changed. */
export class ChangeWatcher {
  readonly #persistence: Persistence;
  readonly #path: string;
  #file: PersistentFile | undefined;
  #last: string | undefined;

  constructor(persistence: Persistence, path: string) {
    this.#persistence = persistence;
    this.#path = path;
  }

  /** True at the first call, and whenever the database changed since the last one. */
  hasChanged(): boolean {
    const now = this.#token();
    const isNew = now !== this.#last;
    this.#last = now;
    return isNew;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** With the `-wal`'s version, since a WAL-mode client commits there. */
  #token(): string {
    const versions = ["", "-wal"].map((suffix) => this.#persistence.stat(this.#path + suffix)?.version ?? "");
    if (this.#persistence.prepare !== undefined) return versions.join("/"); // It cannot be read between transactions.
    if (this.#file?.moved() === true) this.close();
    this.#file ??= this.#persistence.open(this.#path, { create: false });
    const counter = new Uint8Array(CHANGE_COUNTER.bytes);
    this.#file.read(counter, CHANGE_COUNTER.offset);
    return [...counter, ...versions].join("/");
  }
}
