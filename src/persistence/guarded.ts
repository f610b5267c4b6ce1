import { systemError, type Persistence, type PersistentFile } from "./persistence.ts";

/** A store that may not be changed: SQLite then refuses to write by itself, as it does on a file without write permission. */
export function readOnly(below: Persistence): Persistence {
  const refuse = (path: string): never => {
    throw systemError("EROFS", path);
  };
  return {
    ...rest(below),
    open(path) {
      const file = below.open(path, { create: false });
      return {
        readOnly: true,
        read: (into, offset) => file.read(into, offset),
        write: () => refuse(path),
        truncate: () => refuse(path),
        sync() {},
        size: () => file.size(),
        moved: () => file.moved(),
        close: () => file.close(),
      };
    },
    delete: refuse,
  };
}

/** A store that makes one file, if it is missing, with the first write to it: who only looks for it leaves nothing behind. */
export function createdByWriting(below: Persistence, path: string): Persistence {
  return {
    ...rest(below),
    open: (name, options) =>
      (name !== path || below.stat(path) !== undefined ? below.open(name, options) : lateFile(below, path)),
    delete: (name) => below.delete(name),
  };
}

/** What both leave as it is; not a spread, since an adapter's methods may be its class's. */
function rest(below: Persistence): Omit<Persistence, "open" | "delete" | "persist"> {
  return {
    name: below.name,
    ...(below.isPrivate !== undefined && { isPrivate: below.isPrivate }),
    resolve: (path) => below.resolve(path),
    stat: (path) => below.stat(path),
    syncDirectory: (path) => below.syncDirectory(path),
    ...(below.prepare && { prepare: (path, options) => below.prepare!(path, options) }),
    ...(below.release && { release: (path) => below.release!(path) }),
  };
}

function lateFile(below: Persistence, path: string): PersistentFile {
  let file: PersistentFile | undefined;
  // Another process may have made it in the meantime.
  const there = (): PersistentFile | undefined =>
    (file ??= below.stat(path) === undefined ? undefined : below.open(path, { create: false }));
  const made = (): PersistentFile => (file ??= below.open(path, { create: true }));
  return {
    readOnly: false,
    read: (into, offset) => there()?.read(into, offset) ?? 0,
    write: (from, offset) => made().write(from, offset),
    truncate: (size) => made().truncate(size),
    sync() {
      file?.sync();
      if (file !== undefined) below.syncDirectory(path);
    },
    size: () => there()?.size() ?? 0,
    moved: () => file?.moved() ?? false,
    close: () => file?.close(),
  };
}
