import { closeAfterReading, type Persistence, type PersistentFile } from "../persistence/persistence.ts";
import { systemFailure } from "../sqlite/sqlite-error.ts";
import { changeCounter } from "../sqlite/volume.ts";

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
    const now = this.#look();
    const isNew = now !== this.#last;
    this.#last = now;
    return isNew;
  }

  close(): void {
    closeAfterReading(this.#file);
    this.#file = undefined;
  }

  #look(): string {
    try {
      return this.#token();
    } catch (error) {
      throw systemFailure(error, this.#path);
    }
  }

  /** With the `-wal`'s version, since a WAL-mode client commits there. */
  #token(): string {
    const versions = ["", "-wal"].map((suffix) => this.#persistence.stat(this.#path + suffix)?.version ?? "");
    if (this.#persistence.prepare !== undefined) return versions.join("/"); // It cannot be read between transactions.
    if (this.#file?.moved() === true) this.close();
    this.#file ??= this.#persistence.open(this.#path, { create: false });
    return [changeCounter(this.#file), ...versions].join("/");
  }
}
