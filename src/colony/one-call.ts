import type { ProgressDb } from "../progress-db.ts";
import type { EnqueueOptions, OpenOptions, SeedOptions, TaskInput } from "../types.ts";
import { openProgressDb } from "./open.ts";

/** The Python module's functions: each opens the database, does one thing and closes it. */

/** Inserts tasks, all or none; returns their ids in input order. See `ProgressDb.seedTasks`. */
export function seedTasks(
  dbPath: string, tasks: readonly TaskInput[], options: SeedOptions & OpenOptions = {},
): Promise<string[]> {
  const { source, ifExists, ...open } = options;
  return once(dbPath, open, (db) => db.seedTasks(tasks, { source, ifExists }));
}

/** Appends one task; returns its id. See `ProgressDb.enqueueTask`. */
export function enqueueTask(dbPath: string, goal: string, options: EnqueueOptions & OpenOptions = {}): Promise<string> {
  const { persistence, lock, durability, timeoutMs, signal, clock, logger, nativeClients, wasm, ...task } = options;
  const open = { persistence, lock, durability, timeoutMs, signal, clock, logger, nativeClients, wasm };
  return once(dbPath, open, (db) => db.enqueueTask(goal, task));
}

/** Gives stale claims back; returns how many. See `ProgressDb.reclaimStale`. */
export function reclaimStale(dbPath: string, staleAfterMinutes?: number, open: OpenOptions = {}): Promise<number> {
  return once(dbPath, open, (db) => db.reclaimStale(staleAfterMinutes));
}

async function once<T>(dbPath: string, open: OpenOptions, use: (db: ProgressDb) => Promise<T>): Promise<T> {
  const db = await openProgressDb(dbPath, open);
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}
