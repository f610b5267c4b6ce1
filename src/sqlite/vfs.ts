import { ProgressDbError } from "../errors.ts";
import type { LockLevel } from "../lock/lock.ts";
import { NONE, SHARED } from "../lock/lock.ts";
import { memory } from "../persistence/memory.ts";
import { Callbacks, type Callback } from "./callbacks.ts";
import type { Heap } from "./heap.ts";
import * as rc from "./result-codes.ts";
import { SQL_JS_VERSION, type Pointer, type SqlJsModule } from "./sql-js.ts";
import { Volume, type VolumeFile } from "./volume.ts";

/**
 * SQLite's VFS, over persistence and lock adapters.
 *
 * sql.js does not export `sqlite3_vfs_register`, but `sqlite3_vfs` is a documented
 * struct with a stable layout (sqlite.org/c3ref/vfs.html). We find the built-in
 * `unix` VFS in linear memory and put our own functions where it keeps its
 * file functions; randomness and the rest stay SQLite's.
 */

/** Offsets in `sqlite3_vfs`, bytes; all fields are 32 bits wide in wasm32. */
const VFS = { version: 0, fileSize: 4, maxPathname: 8, name: 16, open: 24, delete: 28, access: 32, fullPathname: 36 } as const;
/** os_unix.c's MAX_PATHNAME. */
const UNIX_MAX_PATHNAME = 512;
/** The module's static data lies low; its stack and heap above hold nothing we look for. */
const DATA_SEGMENT_BYTES = 1 << 18;
/** `sqlite3_file`: the methods pointer, then our own handle number. */
const FILE = { methods: 0, handle: 4 } as const;
/** Default for a disk sector; with powersafe overwrite SQLite pads no more than 512 bytes. */
const SECTOR_BYTES = 4096;

export class Vfs {
  readonly #heap: Heap;
  readonly #volumes = new Map<string, Volume>();
  readonly #files = new Map<number, VolumeFile>();
  #lastHandle = 0;
  #lastVolume = 0;
  readonly #temporary = new Volume(memory(), "/temporary", undefined);

  /** Puts itself in the place of sql.js's `unix` VFS. Throws ENGINE_MISMATCH. */
  constructor(api: SqlJsModule, heap: Heap, table: WebAssembly.Table, compiledCallbacks?: WebAssembly.Module) {
    this.#heap = heap;
    const vfs = findUnixVfs(heap);
    const callbacks = new Callbacks(table);
    const methods = this.#ioMethods(api, callbacks);
    const place = (offset: number, signature: string, callback: Callback): void =>
      heap.setU32(vfs + offset, callbacks.add(callback, signature));
    place(VFS.open, "iiiiii", (_vfs: Pointer, name: Pointer, file: Pointer, flags: number, outFlags: Pointer) =>
      this.#open(heap.cText(name), file, flags, outFlags, methods));
    place(VFS.delete, "iiii", (_vfs: Pointer, name: Pointer, syncDirectory: number) => {
      const { volume, suffix } = this.#locate(heap.cText(name));
      return volume.attempt(rc.IOERR_DELETE, () => volume.delete(suffix, syncDirectory !== 0));
    });
    place(VFS.access, "iiiii", (_vfs: Pointer, name: Pointer, flags: number, result: Pointer) => {
      const { volume, suffix } = this.#locate(heap.cText(name));
      return volume.attempt(rc.IOERR_ACCESS, () => {
        const size = volume.persistence.stat(volume.path + suffix)?.size;
        // As in SQLite's own VFS, an empty file does not "exist": an empty journal is no journal.
        heap.setU32(result, size !== undefined && (flags !== rc.ACCESS_EXISTS || size > 0) ? 1 : 0);
      });
    });
    place(VFS.fullPathname, "iiiii", (_vfs: Pointer, name: Pointer, room: number, out: Pointer) =>
      heap.setText(out, room, heap.cText(name)) < 0 ? rc.CANTOPEN : rc.OK);
    callbacks.install(compiledCallbacks);
  }

  /** Makes a volume reachable by SQLite; returns the name to open its database by. */
  mount(volume: Volume): string {
    const name = `/${++this.#lastVolume}`;
    this.#volumes.set(name, volume);
    return name;
  }

  unmount(name: string): void {
    this.#volumes.delete(name);
  }

  #locate(name: string): { volume: Volume; suffix: string } {
    const [, mount = "", suffix = ""] = /^(\/\d+)(.*)$/s.exec(name) ?? [];
    const volume = this.#volumes.get(mount);
    return volume === undefined ? { volume: this.#temporary, suffix: name } : { volume, suffix };
  }

  #open(name: string, file: Pointer, flags: number, outFlags: Pointer, methods: Pointer): number {
    // Cleared first: SQLite calls xClose only on files that have methods.
    this.#heap.setU32(file + FILE.methods, 0);
    const { volume, suffix } = this.#locate(name === "" ? `/temporary-${this.#lastHandle}` : name);
    return volume.attempt(rc.CANTOPEN, () => {
      // An attached file: in memory, where temporary files are, it would be lost.
      if (volume === this.#temporary && (flags & rc.OPEN_MAIN_DB) !== 0) return rc.CANTOPEN;
      const opened = volume.open(suffix, flags);
      const handle = ++this.#lastHandle;
      this.#files.set(handle, opened);
      this.#heap.setU32(file + FILE.methods, methods);
      this.#heap.setU32(file + FILE.handle, handle);
      if (outFlags !== 0) {
        const readOnly = opened.file.readOnly;
        const access = rc.OPEN_READWRITE | rc.OPEN_CREATE | rc.OPEN_READONLY;
        this.#heap.setU32(outFlags, readOnly ? (flags & ~access) | rc.OPEN_READONLY : flags);
      }
    });
  }

  /** Builds the `sqlite3_io_methods` struct, version 1: no shared memory, so no WAL but in exclusive mode. */
  #ioMethods(api: SqlJsModule, callbacks: Callbacks): Pointer {
    const heap = this.#heap;
    type Method = (file: VolumeFile, ...args: never[]) => number | void;
    const method = (signature: string, failure: number, run: Method): number =>
      callbacks.add((pointer: Pointer, ...args: never[]) => {
        const file = this.#files.get(heap.u32(pointer + FILE.handle));
        return file === undefined ? failure : file.volume.attempt(failure, () => run(file, ...args));
      }, signature);

    const table = [
      1,
      callbacks.add((pointer: Pointer) => {
        const handle = heap.u32(pointer + FILE.handle);
        const file = this.#files.get(handle);
        this.#files.delete(handle);
        return file === undefined ? rc.OK : file.volume.attempt(rc.IOERR_CLOSE, () => file.close());
      }, "ii"),
      method("iiiij", rc.IOERR_READ, (file, buffer: Pointer, amount: number, offset: bigint) => {
        const into = heap.bytes(buffer, amount);
        const count = file.file.read(into, Number(offset));
        if (count === amount) return rc.OK;
        into.fill(0, count); // SQLite demands zeros for what the file does not have.
        return rc.IOERR_SHORT_READ;
      }),
      method("iiiij", rc.IOERR_WRITE, (file, buffer: Pointer, amount: number, offset: bigint) =>
        file.write(heap.bytes(buffer, amount), Number(offset))),
      method("iij", rc.IOERR_TRUNCATE, (file, size: bigint) => file.truncate(Number(size))),
      method("iii", rc.IOERR_FSYNC, (file) => file.sync()),
      method("iii", rc.IOERR_FSTAT, (file, result: Pointer) => heap.setI64(result, file.file.size())),
      method("iii", rc.IOERR_LOCK, (file, level: LockLevel) =>
        file.lock === undefined || file.lock.lock(level) ? rc.OK : rc.BUSY),
      method("iii", rc.IOERR_UNLOCK, (file, level: LockLevel) => file.lock?.unlock(level === NONE ? NONE : SHARED)),
      method("iii", rc.IOERR_CHECKRESERVEDLOCK, (file, result: Pointer) =>
        heap.setU32(result, file.reservedElsewhere() ? 1 : 0)),
      method("iiii", rc.NOTFOUND, (file, operation: number, result: Pointer) => {
        if (operation !== rc.FCNTL_HAS_MOVED) return rc.NOTFOUND;
        heap.setU32(result, file.file.moved() ? 1 : 0);
      }),
      callbacks.add(() => SECTOR_BYTES, "ii"),
      callbacks.add(() => rc.IOCAP_POWERSAFE_OVERWRITE, "ii"),
    ];
    const struct = api._malloc(table.length * 4);
    for (const [index, value] of table.entries()) heap.setU32(struct + index * 4, value);
    return struct;
  }
}

function findUnixVfs(heap: Heap): Pointer {
  const found: Pointer[] = [];
  const words = heap.lowWords(DATA_SEGMENT_BYTES);
  for (let index = words.indexOf(UNIX_MAX_PATHNAME); index >= 0; index = words.indexOf(UNIX_MAX_PATHNAME, index + 1)) {
    const at = index * 4 - VFS.maxPathname;
    if (at < 0) continue;
    const version = heap.u32(at + VFS.version);
    const name = heap.u32(at + VFS.name);
    if (version < 1 || version > 3 || name === 0 || name >= DATA_SEGMENT_BYTES) continue;
    if (heap.cText(name) === "unix") found.push(at);
  }
  const [vfs] = found;
  if (vfs === undefined || found.length > 1) {
    throw new ProgressDbError("ENGINE_MISMATCH", `found ${found.length} places for the VFS in sql.js, expected 1`, {
      hint: `this release works with sql.js ${SQL_JS_VERSION} and no other; pass its own sql-wasm-browser.wasm, or nothing`,
    });
  }
  return vfs;
}
