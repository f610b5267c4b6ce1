import { overlay, type OverlayPersistence } from "./overlay.ts";
import { systemError, type Persistence } from "./persistence.ts";
import { ReadAhead, type ByteSource } from "./read-ahead.ts";

/**
 * A store over files that can only be read, each by a source of its own. Nobody
 * changes them: what SQLite writes (to roll a hot `-journal` back, to merge a `-wal`)
 * stays in memory.
 */
export function pagedFiles(name: string, sourceAt: (path: string) => ByteSource | undefined): OverlayPersistence {
  return { ...overlay(reader(sourceAt)), name, isPrivate: true };
}

/** Paths are absolute, as they are for SQLite. */
export function absolute(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}

function reader(sourceAt: (path: string) => ByteSource | undefined): Persistence {
  const refuse = (path: string): never => {
    throw systemError("EROFS", path);
  };
  return {
    name: "reader",
    resolve: absolute,
    open(path) {
      const source = sourceAt(path);
      if (source === undefined) throw systemError("ENOENT", path);
      const pages = new ReadAhead(source);
      return {
        readOnly: true,
        read: (into, offset) => pages.read(into, offset),
        write: () => refuse(path),
        truncate: () => refuse(path),
        sync() {},
        size: () => source.size,
        moved: () => false,
        close: () => pages.forget(),
      };
    },
    stat(path) {
      const source = sourceAt(path);
      return source && { size: source.size, id: path, version: path };
    },
    delete: refuse,
    syncDirectory() {},
  };
}
