import { randomId } from "../ids.ts";
import type { SnapshotStore } from "./snapshot.ts";

/** Keeps a snapshot in the browser's IndexedDB; works on pages and in workers. `name` tells databases apart. */
export function indexedDbStore(name: string): SnapshotStore {
  const inTransaction = async <T>(mode: IDBTransactionMode, use: (images: IDBObjectStore, versions: IDBObjectStore) => Promise<T>): Promise<T> => {
    const database = await open();
    try {
      const transaction = database.transaction([IMAGES, VERSIONS], mode, { durability: "strict" });
      const ended = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(storeError(transaction.error));
      });
      const [result] = await Promise.all([use(transaction.objectStore(IMAGES), transaction.objectStore(VERSIONS)), ended]);
      return result;
    } finally {
      database.close();
    }
  };
  return {
    load: (known) => inTransaction("readonly", async (images, versions) => {
      const version = await done<string | undefined>(versions.get(name));
      if (version === undefined || version === known) return undefined;
      return { version, bytes: await done<Uint8Array>(images.get(name)) };
    }),
    save: (bytes, expected) => inTransaction("readwrite", async (images, versions) => {
      if (await done<string | undefined>(versions.get(name)) !== expected) return undefined;
      const version = randomId();
      await Promise.all([done(images.put(bytes, name)), done(versions.put(version, name))]);
      return version;
    }),
  };
}

const DATABASE = "hive-progress-db";
const IMAGES = "images";
const VERSIONS = "versions";

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    for (const store of [IMAGES, VERSIONS]) request.result.createObjectStore(store);
  };
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(storeError(request.error));
  });
}

/** A browser's error as the system error it stands for. */
function storeError(error: DOMException | null): Error {
  const code = error?.name === "QuotaExceededError" ? "ENOSPC" : "EIO";
  return Object.assign(new Error(error?.message ?? "the transaction was aborted", { cause: error }), { code });
}
