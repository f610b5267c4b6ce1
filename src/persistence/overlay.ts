import { closeAfterReading, systemError, type Persistence, type PersistentFile } from "./persistence.ts";

/**
 * Reads through to another store and keeps every change in memory, block by
 * block: what lies below is never altered. For looking at copies, and for
 * reading a database whose `-wal` must stay as it is.
 */
export interface OverlayPersistence extends Persistence {
  /** Forgets the changes and closes the files below. */
  close(): void;
}

/** Bytes in a copied block: SQLite's default page size. */
const BLOCK = 4096;

export function overlay(below: Persistence): OverlayPersistence {
  const layers = new Map<string, Layer>();
  const deleted = new Set<string>();
  const openBelow: PersistentFile[] = [];

  const layerOf = (path: string, create: boolean): Layer => {
    let layer = layers.get(path);
    if (layer !== undefined) return layer;
    const isBelow = !deleted.has(path) && below.stat(path) !== undefined;
    if (isBelow) {
      const file = below.open(path, { create: false });
      openBelow.push(file);
      layer = new Layer(file);
    } else if (create) {
      layer = new Layer(undefined);
    } else {
      throw systemError("ENOENT", path);
    }
    layers.set(path, layer);
    deleted.delete(path);
    return layer;
  };

  return {
    name: `overlay(${below.name})`,
    resolve: (path) => below.resolve(path),
    open(path, options) {
      const layer = layerOf(path, options.create);
      return {
        readOnly: false,
        read: (into, offset) => layer.read(into, offset),
        write: (from, offset) => layer.write(from, offset),
        truncate: (size) => layer.truncate(size),
        sync() {},
        size: () => layer.size,
        moved: () => layers.get(path) !== layer,
        close() {}, // SQLite may open the file again: `overlay.close()` ends it.
      };
    },
    stat(path) {
      const layer = layers.get(path);
      if (layer !== undefined) return { size: layer.size, id: layer.id, version: `${layer.id}:${layer.changes}` };
      return deleted.has(path) ? undefined : below.stat(path);
    },
    delete(path) {
      if (!layers.delete(path) && (deleted.has(path) || below.stat(path) === undefined)) throw systemError("ENOENT", path);
      deleted.add(path);
    },
    syncDirectory() {},
    ...(below.prepare && { prepare: (path, options) => below.prepare!(path, options) }),
    ...(below.release && { release: (path) => below.release!(path) }),
    close() {
      layers.clear();
      for (const file of openBelow.splice(0)) closeAfterReading(file);
    },
  };
}

let layerCount = 0;

/** A file as it would be, over the file as it is, if there is one. */
class Layer {
  readonly id = `overlay-${++layerCount}`;
  size: number;
  changes = 0;
  readonly #below: PersistentFile | undefined;
  /** How much of the file below is still to be seen. */
  #belowSize: number;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(below: PersistentFile | undefined) {
    this.#below = below;
    this.size = below?.size() ?? 0;
    this.#belowSize = this.size;
  }

  read(into: Uint8Array, offset: number): number {
    const length = Math.min(into.length, Math.max(0, this.size - offset));
    this.#readBelow(into.subarray(0, length), offset);
    for (let at = offset - (offset % BLOCK); at < offset + length; at += BLOCK) {
      const bytes = this.#blocks.get(at / BLOCK);
      if (bytes === undefined) continue;
      const from = Math.max(at, offset);
      const to = Math.min(at + BLOCK, offset + length);
      into.set(bytes.subarray(from - at, to - at), from - offset);
    }
    return length;
  }

  write(from: Uint8Array, offset: number): void {
    for (let done = 0; done < from.length; ) {
      const at = offset + done;
      const room = Math.min(BLOCK - (at % BLOCK), from.length - done);
      this.#block(Math.floor(at / BLOCK)).set(from.subarray(done, done + room), at % BLOCK);
      done += room;
    }
    this.size = Math.max(this.size, offset + from.length);
    this.changes++;
  }

  truncate(to: number): void {
    if (to < this.size) {
      if (to % BLOCK !== 0) this.#block(Math.floor(to / BLOCK)).fill(0, to % BLOCK);
      for (const index of this.#blocks.keys()) if (index * BLOCK >= to) this.#blocks.delete(index);
      this.#belowSize = Math.min(this.#belowSize, to);
    }
    this.size = to;
    this.changes++;
  }

  /** The block's own copy, made at the first change. */
  #block(index: number): Uint8Array {
    let bytes = this.#blocks.get(index);
    if (bytes === undefined) {
      bytes = new Uint8Array(BLOCK);
      this.#readBelow(bytes, index * BLOCK);
      this.#blocks.set(index, bytes);
    }
    return bytes;
  }

  #readBelow(into: Uint8Array, offset: number): void {
    const length = Math.min(into.length, Math.max(0, this.#belowSize - offset));
    if (length > 0) this.#below?.read(into.subarray(0, length), offset);
    into.fill(0, length);
  }
}
