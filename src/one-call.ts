import type { ProgressDb } from "./progress-db.ts";
import type { EnqueueOptions, OpenOptions } from "./types.ts";

/** What the Python module's functions do on every platform: open the database, do one thing, close it. */

export async function once<T>(opening: Promise<ProgressDb>, use: (db: ProgressDb) => Promise<T>): Promise<T> {
  const db = await opening;
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

/** Tells the options of opening from the fields of the task. */
export function splitOptions(options: EnqueueOptions & OpenOptions): { open: OpenOptions; task: EnqueueOptions } {
  const { persistence, lock, durability, timeoutMs, signal, clock, logger, nativeClients, wasm, ...task } = options;
  return { open: { persistence, lock, durability, timeoutMs, signal, clock, logger, nativeClients, wasm }, task };
}
