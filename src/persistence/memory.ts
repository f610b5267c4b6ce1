import { systemError, type FileStat, type Persistence, type PersistentFile } from "./persistence.ts";

/** The adapter to read first: files are byte arrays in a map, and live as long as the adapter. */
export interface MemoryPersistence extends Persistence {
  /** A copy of a file's bytes, or `undefined`. */
  bytes(path: string): Uint8Array | undefined;
  /** Puts a file in place, replacing what was there. */
  put(path: string, bytes: Uint8Array): void;
}

interface Inode {
  bytes: Uint8Array;
  size: number;
  writes: number;
  readonly id: number;
}

export function memory(): MemoryPersistence {
  const files = new Map<string, Inode>();
  let inodes = 0;

  const create = (bytes: Uint8Array): Inode => ({ bytes, size: bytes.length, writes: 0, id: ++inodes });

  return {
    name: "memory",
    isPrivate: true,
    resolve: (path) => (path.startsWith("/") ? path : `/${path}`),
    open(path, options) {
      let inode = files.get(path);
      if (inode === undefined) {
        if (!options.create) throw systemError("ENOENT", path);
        inode = create(new Uint8Array(0));
        files.set(path, inode);
      }
      const opened = inode;
      return fileOver(opened, () => files.get(path) !== opened);
    },
    stat(path): FileStat | undefined {
      const inode = files.get(path);
      return inode && { size: inode.size, id: String(inode.id), version: `${inode.id}:${inode.writes}` };
    },
    delete(path) {
      if (!files.delete(path)) throw systemError("ENOENT", path);
    },
    syncDirectory() {},
    bytes: (path) => files.get(path)?.bytes.slice(0, files.get(path)?.size),
    put(path, bytes) {
      files.set(path, create(bytes.slice()));
    },
  };
}

function fileOver(inode: Inode, moved: () => boolean): PersistentFile {
  const resize = (size: number): void => {
    if (size > inode.bytes.length) {
      const grown = new Uint8Array(Math.max(size, inode.bytes.length * 2, 4096));
      grown.set(inode.bytes.subarray(0, inode.size));
      inode.bytes = grown;
    } else if (size < inode.size) {
      inode.bytes.fill(0, size, inode.size);
    }
    inode.size = size;
  };
  return {
    readOnly: false,
    read(into, offset) {
      const part = inode.bytes.subarray(offset, Math.min(inode.size, offset + into.length));
      into.set(part);
      return part.length;
    },
    write(from, offset) {
      if (offset + from.length > inode.size) resize(offset + from.length);
      inode.bytes.set(from, offset);
      inode.writes++;
    },
    truncate(size) {
      resize(size);
      inode.writes++;
    },
    sync() {},
    size: () => inode.size,
    moved,
    close() {},
  };
}
