import { statSync } from "node:fs";
import { systemError } from "../errors.ts";
import { libc } from "./libc.ts";

/**
 * Byte-range locks on an open file (`F_OFD_SETLK`, fcntl(2)). They meet the
 * ordinary POSIX locks of other processes, but belong to our open file alone:
 * that somebody in this process closes the same file does not lose them. The
 * kernel frees them when the process ends, however it ends.
 */

const O_RDONLY = 0;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;

export const READ = 0;
export const WRITE = 1;
const UNLOCK = 2;

/** `struct flock` of 64-bit Linux: type and whence (16 bits each), start, length (64 bits), pid (32 bits). */
const FLOCK = { bytes: 32, type: 0, start: 8, length: 16, pid: 24 } as const;

export interface Range {
  readonly start: number;
  /** 0: to the end, however far the file grows. */
  readonly length: number;
}

export class LockedFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #inode: bigint;
  readonly #bytes = new Uint8Array(FLOCK.bytes);
  readonly #flock = new DataView(this.#bytes.buffer);

  constructor(path: string) {
    this.#path = path;
    const name = new TextEncoder().encode(`${path}\0`);
    let fd = libc().open(name, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) fd = libc().open(name, O_RDONLY | O_CLOEXEC, 0); // Enough for the lock of a reader.
    if (fd < 0) {
      statSync(path); // Says what is wrong, with its code.
      throw systemError("EACCES", path);
    }
    this.#fd = fd;
    this.#inode = statSync(path, { bigint: true }).ino;
  }

  /** True when the path names another file by now: a lock on this one would shut nobody out. */
  isReplaced(): boolean {
    return statSync(this.#path, { bigint: true, throwIfNoEntry: false })?.ino !== this.#inode;
  }

  /** False when another's lock is in the way. */
  lock(type: typeof READ | typeof WRITE, range: Range): boolean {
    if (this.#call(F_OFD_SETLK, type, range) >= 0) return true;
    // FFI does not tell errno. If the kernel answers this, it was not the call that failed.
    if (this.#call(F_OFD_GETLK, type, range) < 0) throw systemError("ENOLCK", this.#path);
    return false;
  }

  unlock(range: Range): void {
    if (this.#call(F_OFD_SETLK, UNLOCK, range) < 0) throw systemError("ENOLCK", this.#path);
  }

  /** Whoever's lock forbids ours: its pid, or -1 when it belongs to an open file as ours do. */
  conflict(type: typeof READ | typeof WRITE, range: Range): { readonly pid: number } | undefined {
    if (this.#call(F_OFD_GETLK, type, range) < 0) throw systemError("ENOLCK", this.#path);
    if (this.#flock.getInt16(FLOCK.type, true) === UNLOCK) return undefined;
    return { pid: this.#flock.getInt32(FLOCK.pid, true) };
  }

  /** Lets go of all its locks. */
  close(): void {
    libc().close(this.#fd);
  }

  #call(command: number, type: number, { start, length }: Range): number {
    this.#bytes.fill(0);
    this.#flock.setInt16(FLOCK.type, type, true);
    this.#flock.setBigInt64(FLOCK.start, BigInt(start), true);
    this.#flock.setBigInt64(FLOCK.length, BigInt(length), true);
    return libc().fcntl(this.#fd, command, this.#bytes);
  }
}
