import { once, splitOptions } from "../one-call.ts";
import type { EnqueueOptions, OpenOptions, SeedOptions, TaskInput } from "../types.ts";
import { openProgressDb } from "./open.ts";

/** Inserts tasks, all or none; returns their ids in input order. See `ProgressDb.seedTasks`. */
export async function seedTasks(
  dbPath: string, tasks: readonly TaskInput[], options: SeedOptions & OpenOptions = {},
): Promise<string[]> {
  const { source, ifExists, onProgress, ...open } = options;
  return once(openProgressDb(dbPath, open), (db) => db.seedTasks(tasks, { source, ifExists, onProgress }));
}

/** Appends one task; returns its id. See `ProgressDb.enqueueTask`. */
export async function enqueueTask(dbPath: string, goal: string, options: EnqueueOptions & OpenOptions = {}): Promise<string> {
  const { open, task } = splitOptions(options);
  return once(openProgressDb(dbPath, open), (db) => db.enqueueTask(goal, task));
}

/** Gives stale claims back; returns how many. See `ProgressDb.reclaimStale`. */
export async function reclaimStale(dbPath: string, staleAfterMinutes?: number, options: OpenOptions = {}): Promise<number> {
  return once(openProgressDb(dbPath, options), (db) => db.reclaimStale(staleAfterMinutes));
}
