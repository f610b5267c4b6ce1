import type { Persistence, PersistentFile } from "hive-progress-db";

/** Which file of a database: its own, or the one named like it with this at the end. */
export type FileName = "" | "-journal" | "-wal" | "-shm";

/** A call that changes a store, or makes a change last. */
export type Call =
  | { readonly call: "write"; readonly file: FileName; readonly at: number; readonly bytes: Uint8Array }
  | { readonly call: "truncate"; readonly file: FileName; readonly size: number }
  | { readonly call: "create"; readonly file: FileName }
  | { readonly call: "delete"; readonly file: FileName }
  | { readonly call: "sync"; readonly file: FileName }
  | { readonly call: "syncDirectory"; readonly file?: undefined };

/** A store that notes every such call, in order. `database` is the path of the database's own file. */
export function recording(below: Persistence, database: string): { store: Persistence; calls: Call[] } {
  const calls: Call[] = [];
  const fileOf = (path: string): FileName => {
    if (!path.startsWith(database)) throw new Error(`${path} is not a file of ${database}`);
    return path.slice(database.length) as FileName;
  };
  const store: Persistence = {
    ...below,
    isPrivate: false, // It stands for files that others see too.
    open(path, options) {
      if (options.create && below.stat(path) === undefined) calls.push({ call: "create", file: fileOf(path) });
      return recordingFile(below.open(path, options), fileOf(path), calls);
    },
    delete(path) {
      below.delete(path);
      calls.push({ call: "delete", file: fileOf(path) });
    },
    syncDirectory(path) {
      calls.push({ call: "syncDirectory" });
      below.syncDirectory(path);
    },
  };
  return { store, calls };
}

function recordingFile(below: PersistentFile, file: FileName, calls: Call[]): PersistentFile {
  return {
    ...below,
    write(from, offset) {
      calls.push({ call: "write", file, at: offset, bytes: from.slice() });
      below.write(from, offset);
    },
    truncate(size) {
      calls.push({ call: "truncate", file, size });
      below.truncate(size);
    },
    sync() {
      calls.push({ call: "sync", file });
      below.sync();
    },
  };
}
