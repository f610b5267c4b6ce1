import { ProgressDbError } from "../errors.ts";
import { overlay, type OverlayPersistence } from "./overlay.ts";
import { systemError, type Persistence } from "./persistence.ts";
import { ReadAhead } from "./read-ahead.ts";

/**
 * Files that a person picked, read page by page and never changed: what SQLite
 * writes (to roll a hot `-journal` back, to merge a `-wal`) stays in memory.
 * Works in a worker only.
 */

/** In workers only, so lib.dom does not have it. */
declare const FileReaderSync: (new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer }) | undefined;

/**
 * A store with these files in it, by path: `{ "progress.db": file, "progress.db-wal": wal }`.
 * Give a database's `-wal` and `-journal` with it where there are any: without
 * them the newest commits are missing, or half a transaction is read.
 *
 * A file that changes on disk after it was picked can no longer be read: calls
 * then throw IO, with `details.errno` ESTALE, and the file must be picked again.
 */
export function blob(files: Readonly<Record<string, Blob>>): OverlayPersistence {
  if (typeof FileReaderSync === "undefined") {
    throw new ProgressDbError("IO", "a file can be read page by page in a worker only", {
      hint: "run this in a worker (new Worker(…)), or put the file's bytes into memory()",
    });
  }
  return { ...overlay(picked(files, new FileReaderSync())), name: "blob", isPrivate: true };
}

function picked(files: Readonly<Record<string, Blob>>, reader: { readAsArrayBuffer(blob: Blob): ArrayBuffer }): Persistence {
  const canonical = (path: string): string => (path.startsWith("/") ? path : `/${path}`);
  const byPath = new Map(Object.entries(files).map(([path, file]) => [canonical(path), file]));
  const refuse = (path: string): never => {
    throw systemError("EROFS", path);
  };
  return {
    name: "picked",
    resolve: canonical,
    open(path) {
      const file = byPath.get(path);
      if (file === undefined) throw systemError("ENOENT", path);
      const pages = new ReadAhead({ path, size: () => file.size, read: (offset, length) => readPart(reader, file, path, offset, length) });
      return {
        readOnly: true,
        read: (into, offset) => pages.read(into, offset),
        write: () => refuse(path),
        truncate: () => refuse(path),
        sync() {},
        size: () => file.size,
        moved: () => false,
        close: () => pages.forget(),
      };
    },
    stat(path) {
      const file = byPath.get(path);
      return file && { size: file.size, id: path, version: path };
    },
    delete: refuse,
    syncDirectory() {},
  };
}

function readPart(
  reader: { readAsArrayBuffer(blob: Blob): ArrayBuffer }, file: Blob, path: string, offset: number, length: number,
): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + length)));
  } catch (error) {
    // What browsers say of a file that changed, moved or went since it was picked.
    if ((error as DOMException).name !== "NotReadableError" && (error as DOMException).name !== "NotFoundError") throw error;
    throw Object.assign(new Error(`${path} changed on disk since it was picked`, { cause: error }), { code: "ESTALE" });
  }
}
