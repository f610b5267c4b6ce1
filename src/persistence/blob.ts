import { ProgressDbError } from "../errors.ts";
import type { OverlayPersistence } from "./overlay.ts";
import { absolute, pagedFiles } from "./paged-files.ts";
import type { ByteSource } from "./read-ahead.ts";

/** Files that a person picked, read page by page and never changed. Works in a worker only. */

interface SyncReader {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** In workers only, so lib.dom does not have it. */
declare const FileReaderSync: (new () => SyncReader) | undefined;

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
  const reader = new FileReaderSync();
  const sources = new Map(Object.entries(files).map(([path, file]) => [absolute(path), sourceOf(reader, absolute(path), file)]));
  return pagedFiles("blob", (path) => sources.get(path));
}

function sourceOf(reader: SyncReader, path: string, file: Blob): ByteSource {
  return {
    path,
    size: file.size,
    read(offset, length) {
      try {
        return new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + length)));
      } catch (error) {
        // What browsers say of a file that changed, moved or went since it was picked.
        const { name } = error as DOMException;
        if (name !== "NotReadableError" && name !== "NotFoundError") throw error;
        throw Object.assign(new Error(`${path} changed on disk since it was picked`, { cause: error }), { code: "ESTALE" });
      }
    },
  };
}
