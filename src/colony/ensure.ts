import { mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemClock } from "../clock.ts";
import { errnoOf, type ProgressDbError } from "../errors.ts";
import { setGateTrigger } from "../ledger/gate-trigger.ts";
import { invalid } from "../ledger/input.ts";
import { reclaimStale, STALE_AFTER_MINUTES } from "../ledger/reclaim.ts";
import { migrate, SCHEMA_VERSION } from "../ledger/schema.ts";
import { ProgressDb } from "../progress-db.ts";
import { systemFailure } from "../sqlite/sqlite-error.ts";
import type { OpenOptions } from "../types.ts";
import { onRealFiles } from "./open.ts";
import { coloniesFolder, databasePath } from "./paths.ts";

export interface EnsureOptions extends OpenOptions {
  /** Makes the database refuse to complete a task with open gates, for native clients too; `false` stops that. Default: as it is. */
  enforceGates?: boolean;
}

/**
 * Creates or migrates `<colonyDir>/data/progress.db`, gives stale claims back and
 * wires the colony's worker configs to it. Safe to call again; what is in order
 * stays untouched. Returns the database's absolute path.
 *
 * Throws what `openProgressDb` throws, and NEWER_SCHEMA.
 */
export async function ensureProgressDb(colonyDir: string, options: EnsureOptions = {}): Promise<string> {
  if (typeof colonyDir !== "string" || colonyDir === "") throw invalid("colonyDir", "must be a path");
  const { clock = systemClock, logger } = options;
  const dbPath = databasePath(colonyDir);
  try {
    mkdirSync(dirname(dbPath), { recursive: true });
  } catch (error) {
    throw systemFailure(error, dirname(dbPath));
  }
  const db = await ProgressDb.connect(dbPath, onRealFiles(options), { create: true });
  try {
    const { isNew, reclaimed } = await db.write((sql) => {
      const migrated = migrate(sql, clock);
      if (options.enforceGates !== undefined) setGateTrigger(sql, clock, options.enforceGates);
      return { isNew: migrated, reclaimed: reclaimStale(sql, clock, STALE_AFTER_MINUTES) };
    });
    if (isNew) logger?.info(`progress.db: made schema version ${SCHEMA_VERSION} at ${db.path}`);
    if (reclaimed > 0) logger?.info(`progress.db: gave ${reclaimed} stale claims back at ${db.path}`);
  } finally {
    await db.close();
  }
  const { patchWorkerConfigs } = await import("./worker-configs.ts"); // With a JSON parser that nothing else needs.
  try {
    patchWorkerConfigs(colonyDir, db.path, logger);
  } catch (error) {
    throw systemFailure(error, colonyDir);
  }
  return db.path;
}

/**
 * `ensureProgressDb` for every folder in `coloniesRoot` (default: Hive's own), in
 * order of name. A colony that cannot be ensured is reported to the logger and
 * left out. A missing root gives `[]`.
 */
export async function ensureAllColonyDbs(coloniesRoot: string = coloniesFolder(), options: EnsureOptions = {}): Promise<string[]> {
  const paths: string[] = [];
  for (const name of colonyNames(coloniesRoot)) {
    try {
      paths.push(await ensureProgressDb(join(coloniesRoot, name), options));
    } catch (error) {
      const { code, message, hint } = error as ProgressDbError;
      options.logger?.warn(`progress.db: colony ${basename(name)} was left out: ${code}: ${message} (${hint})`);
    }
  }
  return paths;
}

function colonyNames(root: string): string[] {
  try {
    return readdirSync(root).filter((name) => isFolder(join(root, name))).sort();
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return [];
    throw systemFailure(error, root);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // A link to nowhere, or to itself.
  }
}
