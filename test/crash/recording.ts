import type { Persistence, PersistentFile } from "hive-progress-db";

export interface Call {
  readonly call: "write" | "truncate" | "sync" | "delete" | "syncDirectory" | "create";
  readonly file: "database" | "journal" | "folder";
  /** Where a write begins, or the size a file is cut to. */
  readonly at?: number;
  readonly bytes?: Uint8Array;
}

/** A store that notes every call that changes it or makes a change last, in order. */
export function recording(below: Persistence): { store: Persistence; calls: Call[] } {
  const calls: Call[] = [];
  const nameOf = (path: string): Call["file"] => (path.endsWith("-journal") ? "journal" : "database");
  const store: Persistence = {
    ...below,
    open(path, options) {
      if (options.create && below.stat(path) === undefined) calls.push({ call: "create", file: nameOf(path) });
      return recordingFile(below.open(path, options), nameOf(path), calls);
    },
    delete(path) {
      calls.push({ call: "delete", file: nameOf(path) });
      below.delete(path);
    },
    syncDirectory(path) {
      calls.push({ call: "syncDirectory", file: "folder" });
      below.syncDirectory(path);
    },
  };
  return { store, calls };
}

function recordingFile(below: PersistentFile, file: Call["file"], calls: Call[]): PersistentFile {
  return {
    ...below,
    write(from, offset) {
      calls.push({ call: "write", file, at: offset, bytes: from.slice() });
      below.write(from, offset);
    },
    truncate(size) {
      calls.push({ call: "truncate", file, at: size });
      below.truncate(size);
    },
    sync() {
      calls.push({ call: "sync", file });
      below.sync();
    },
  };
}
