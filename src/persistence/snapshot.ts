import { ProgressDbError } from "../errors.ts";
import { memory } from "./memory.ts";
import type { Persistence } from "./persistence.ts";

/**
 * A database kept as one image in any asynchronous store (IndexedDB, a key-value
 * store, object storage): it is worked on in memory, and the whole image is saved
 * after each COMMIT, before that is acknowledged. For small databases: a commit costs
 * as much as the image is large.
 */

export interface SnapshotStore {
  /** The image and its version, or `undefined` when there is none, or none but `known`. */
  load(known: string | undefined): Promise<Snapshot | undefined>;
  /**
   * Replaces the image if the stored version is still `expected` (`undefined`: there is
   * no image), in one step; returns the new version, or `undefined` when it was not.
   */
  save(bytes: Uint8Array, expected: string | undefined): Promise<string | undefined>;
}

export interface Snapshot {
  readonly bytes: Uint8Array;
  readonly version: string;
}

/** A store holds one database; any path names it, but one only. */
export function snapshot(store: SnapshotStore): Persistence {
  const files = memory();
  let only: string | undefined;
  /** The stored image's version that `files` began with. */
  let version: string | undefined;
  /** As `files` has it when it is what is stored. */
  let savedAs: string | undefined;

  /** In place: SQLite has the file open. */
  const replace = (path: string, bytes: Uint8Array): void => {
    const file = files.open(path, { create: true });
    file.truncate(0);
    file.write(bytes, 0);
  };
  const forget = (path: string): void => {
    replace(path, new Uint8Array(0));
    [version, savedAs] = [undefined, undefined];
  };
  return {
    ...files,
    name: "snapshot",
    async prepare(path) {
      only ??= path;
      if (path !== only) {
        throw new ProgressDbError("INVALID_INPUT", `the snapshot store holds ${only}, not ${path}`, { hint: "give each database a store of its own" });
      }
      const stored = await store.load(version);
      if (stored === undefined || stored.version === version) return true;
      replace(path, stored.bytes);
      version = stored.version;
      savedAs = files.stat(path)?.version;
      return true;
    },
    async persist(path) {
      const current = files.stat(path)?.version;
      const bytes = files.bytes(path);
      if (bytes === undefined || current === savedAs) return;
      const saved = await store.save(bytes, version).catch((error: unknown) => {
        forget(path); // What is in memory was never acknowledged.
        throw error;
      });
      if (saved === undefined) {
        forget(path);
        throw new ProgressDbError("BUSY", `${path}: another client saved a newer image; nothing of this commit was stored`, {
          hint: "try again: the newer image is loaded first; or share a lock, such as webLocks()",
        });
      }
      version = saved;
      savedAs = current;
    },
  };
}
