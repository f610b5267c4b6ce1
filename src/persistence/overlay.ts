import { memory } from "./memory.ts";
import type { Persistence, PersistentFile } from "./persistence.ts";

/**
 * Reads through to another store and keeps every change in memory, block by
 * block: what lies below is never altered. For looking at copies, and for
 * reading a database whose `-wal` must stay as it is.
 */

/** Bytes in a copied block: SQLite's default page size. */
const BLOCK = 4096;

export interface OverlayPersistence extends Persistence {
  /** Forgets the changes and closes the files below. */
  close(): void;
}

export function overlay(below: Persistence): OverlayPersistence {
  const above = memory();
  const touched = new Map<string, PersistentFile>();
  const deleted = new Set<string>();
  const openBelow: PersistentFile[] = [];

  return {
    name: `overlay(${below.name})`,
    resolve: (path) => below.resolve(path),
    open(path, options) {
      const opened = touched.get(path);
      if (opened) return opened;
      const isBelow = !deleted.has(path) && below.stat(path) !== undefined;
      let file: PersistentFile;
      if (isBelow) {
        const original = below.open(path, { create: false });
        openBelow.push(original);
        file = copyOnWrite(original);
      } else {
        file = above.open(path, options);
      }
      touched.set(path, file);
      deleted.delete(path);
      return file;
    },
    stat(path) {
      if (deleted.has(path)) return undefined;
      const file = touched.get(path);
      return file ? { size: file.size(), id: "overlay", version: "overlay" } : below.stat(path);
    },
    delete(path) {
      touched.delete(path);
      deleted.add(path);
      if (above.stat(path)) above.delete(path);
    },
    syncDirectory() {},
    close() {
      for (const file of openBelow.splice(0)) file.close();
      touched.clear();
    },
  };
}

/** Closing it leaves the file below open, since SQLite may open it again: `overlay.close()` ends it. */
function copyOnWrite(file: PersistentFile): PersistentFile {
  const blocks = new Map<number, Uint8Array>();
  let size = file.size();
  let belowSize = size;

  const readBelow = (into: Uint8Array, offset: number): void => {
    into.fill(0);
    const length = Math.min(into.length, Math.max(0, belowSize - offset));
    if (length > 0) file.read(into.subarray(0, length), offset);
  };
  const block = (index: number): Uint8Array => {
    let bytes = blocks.get(index);
    if (bytes === undefined) {
      bytes = new Uint8Array(BLOCK);
      readBelow(bytes, index * BLOCK);
      blocks.set(index, bytes);
    }
    return bytes;
  };
  return {
    readOnly: false,
    read(into, offset) {
      const length = Math.min(into.length, Math.max(0, size - offset));
      readBelow(into.subarray(0, length), offset);
      for (let at = offset - (offset % BLOCK); at < offset + length; at += BLOCK) {
        const bytes = blocks.get(at / BLOCK);
        if (bytes === undefined) continue;
        const from = Math.max(at, offset);
        const to = Math.min(at + BLOCK, offset + length);
        into.set(bytes.subarray(from - at, to - at), from - offset);
      }
      return length;
    },
    write(from, offset) {
      for (let done = 0; done < from.length; ) {
        const at = offset + done;
        const room = Math.min(BLOCK - (at % BLOCK), from.length - done);
        block(Math.floor(at / BLOCK)).set(from.subarray(done, done + room), at % BLOCK);
        done += room;
      }
      size = Math.max(size, offset + from.length);
    },
    truncate(to) {
      if (to < size) {
        const last = Math.floor(to / BLOCK);
        if (to % BLOCK !== 0) block(last).fill(0, to % BLOCK);
        for (const index of blocks.keys()) if (index * BLOCK >= to) blocks.delete(index);
        belowSize = Math.min(belowSize, to);
      }
      size = to;
    },
    sync() {},
    size: () => size,
    moved: () => false,
    close() {},
  };
}
