import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errnoOf, invalid, type ProgressDbError } from "../errors.ts";
import { systemFailure } from "../sqlite/sqlite-error.ts";
import type { EnsureOptions } from "../types.ts";
import { makeFolder } from "./make-folder.ts";
import { onRealFiles } from "./real-files.ts";
import { coloniesFolder, databasePath } from "./paths.ts";

/**
 * Creates or migrates `<colonyDir>/data/progress.db`, gives stale claims back and
 * wires the colony's worker configs to it. Safe to call again; what is in order
 * stays untouched. Returns the database's absolute path.
 *
 * Throws what `openProgressDb` throws, and NEWER_SCHEMA.
 */
export async function ensureProgressDb(colonyDir: string, options: EnsureOptions = {}): Promise<string> {
  if (typeof colonyDir !== "string" || colonyDir === "") throw invalid("colonyDir", "must be a path");
  const dbPath = databasePath(colonyDir);
  const open = onRealFiles(options);
  try {
    makeFolder(dirname(dbPath), open.persistence);
  } catch (error) {
    throw systemFailure(error, dirname(dbPath));
  }
  const { ensureLedger } = await import("../ensure-ledger.ts"); // With the schema, which workers do not need.
  const path = await ensureLedger(dbPath, open);
  try {
    const { patchWorkerConfigs } = await import("./worker-configs.ts"); // With a JSON parser that nothing else needs.
    patchWorkerConfigs(colonyDir, path, options.logger);
  } catch (error) {
    throw systemFailure(error, colonyDir);
  }
  return path;
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
