import { systemError, type FileStat, type PersistentFile } from "./persistence.ts";

/** In dedicated workers only, so lib.dom does not have it. */
export interface SyncAccessHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/**
 * A file of the origin private file system, through a handle that comes and goes.
 * Files cannot be made or deleted synchronously there: `open` takes a file that was
 * made beforehand for a new one, and a deleted file stays, without bytes.
 */
export class OpfsFile {
  readonly name: string;
  readonly #path: string;
  #handle: SyncAccessHandle | undefined;
  #exists = false;
  /** Which file the path names: differs after it was deleted. */
  #generation = 0;
  #changes = 0;

  constructor(path: string) {
    this.#path = path;
    this.name = path.slice(path.lastIndexOf("/") + 1);
  }

  /** `existed`: false when the file was made for this handle. */
  attach(handle: SyncAccessHandle, existed: boolean): void {
    this.#handle = handle;
    this.#exists = existed;
    this.#changes++; // Others may have written meanwhile.
  }

  detach(): void {
    this.#handle?.close();
    this.#handle = undefined;
  }

  /** Another tab has committed. */
  changedElsewhere(): void {
    this.#changes++;
  }

  stat(): FileStat | undefined {
    if (!this.#exists) return undefined;
    const id = `${this.#path}#${this.#generation}`;
    return { size: this.#handle?.getSize() ?? 0, id, version: `${id}:${this.#changes}` };
  }

  delete(): void {
    if (!this.#exists) throw systemError("ENOENT", this.#path);
    this.#attached().truncate(0);
    this.#exists = false;
    this.#generation++;
  }

  open(create: boolean): PersistentFile {
    if (!this.#exists && !(create && this.#handle !== undefined)) throw systemError("ENOENT", this.#path);
    this.#exists = true;
    const generation = this.#generation;
    return {
      readOnly: false,
      read: (into, at) => this.#attached().read(into, { at }),
      write: (from, at) => this.#change((handle) => {
        if (handle.write(from, { at }) < from.length) throw systemError("ENOSPC", this.#path);
      }),
      truncate: (size) => this.#change((handle) => handle.truncate(size)),
      sync: () => this.#attached().flush(),
      size: () => this.#attached().getSize(),
      moved: () => this.#generation !== generation,
      close() {}, // The handle stays until another tab wants it.
    };
  }

  #change(call: (handle: SyncAccessHandle) => void): void {
    this.#changes++;
    try {
      call(this.#attached());
    } catch (error) {
      throw systemErrorOf(error, this.#path);
    }
  }

  #attached(): SyncAccessHandle {
    if (this.#handle === undefined) throw systemError("EIO", this.#path); // Used outside a transaction.
    return this.#handle;
  }
}

export function nameOf(error: unknown): string {
  return (error as DOMException).name;
}

/** A browser's error as the system error it stands for. */
export function systemErrorOf(error: unknown, path: string): unknown {
  const codes: Record<string, string> = {
    QuotaExceededError: "ENOSPC", NotAllowedError: "EACCES", SecurityError: "EACCES", TypeMismatchError: "EISDIR", NotFoundError: "ENOENT",
  };
  const code = codes[nameOf(error)];
  return code === undefined ? error : Object.assign(systemError(code, path), { cause: error });
}
