import type { ProgressDb } from "./progress-db.ts";
import type { EnqueueOptions, OpenOptions, SeedOptions, TaskInput } from "./types.ts";

/** The Python module's functions: each opens the database, does one thing and closes it. */
export interface OneCalls {
  /** Inserts tasks, all or none; returns their ids in input order. See `ProgressDb.seedTasks`. */
  seedTasks(this: void, dbPath: string, tasks: readonly TaskInput[], options?: SeedOptions & OpenOptions): Promise<string[]>;
  /** Appends one task; returns its id. See `ProgressDb.enqueueTask`. */
  enqueueTask(this: void, dbPath: string, goal: string, options?: EnqueueOptions & OpenOptions): Promise<string>;
  /** Gives stale claims back; returns how many. See `ProgressDb.reclaimStale`. */
  reclaimStale(this: void, dbPath: string, staleAfterMinutes?: number, open?: OpenOptions): Promise<number>;
}

/** The functions over a platform's own way to open a database. */
export function oneCalls(openProgressDb: (dbPath: string, options: OpenOptions) => Promise<ProgressDb>): OneCalls {
  const once = async <T>(dbPath: string, open: OpenOptions, use: (db: ProgressDb) => Promise<T>): Promise<T> => {
    const db = await openProgressDb(dbPath, open);
    try {
      return await use(db);
    } finally {
      await db.close();
    }
  };
  return {
    seedTasks(dbPath, tasks, options = {}) {
      const { source, ifExists, ...open } = options;
      return once(dbPath, open, (db) => db.seedTasks(tasks, { source, ifExists }));
    },
    enqueueTask(dbPath, goal, options = {}) {
      const { persistence, lock, durability, timeoutMs, signal, clock, logger, nativeClients, wasm, ...task } = options;
      const open = { persistence, lock, durability, timeoutMs, signal, clock, logger, nativeClients, wasm };
      return once(dbPath, open, (db) => db.enqueueTask(goal, task));
    },
    reclaimStale: (dbPath, staleAfterMinutes, open = {}) => once(dbPath, open, (db) => db.reclaimStale(staleAfterMinutes)),
  };
}
