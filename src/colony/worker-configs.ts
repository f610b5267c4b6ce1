import { closeSync, fchmodSync, fchownSync, fstatSync, fsyncSync, openSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { errnoOf } from "../errors.ts";
import { randomId } from "../ids.ts";
import type { Logger } from "../types.ts";
import { patchConfig } from "./patch-config.ts";

/** Hive's own colony files: JSON, but not worker configs. */
const NOT_WORKER_CONFIGS = new Set(["metadata.json", "triggers.json"]);

/**
 * Tells a colony's workers where their database is: sets `input_data.db_path`,
 * `colony_id` and `colony_data_dir` in every `*.json` that has a `system_prompt`.
 * A rewrite changes these three keys and nothing else, byte for byte; a config
 * that has them is not touched, one that cannot be read or written is reported
 * and left. Returns how many were changed.
 */
export function patchWorkerConfigs(colonyDir: string, dbPath: string, logger?: Logger): number {
  const wanted = {
    db_path: dbPath,
    colony_id: basename(resolve(colonyDir)),
    colony_data_dir: dirname(dbPath),
  };
  let patched = 0;
  for (const name of readdirSync(colonyDir).sort()) {
    if (!name.endsWith(".json") || NOT_WORKER_CONFIGS.has(name)) continue;
    const path = join(colonyDir, name);
    try {
      if (!statSync(path).isFile()) throw new Error("it is not a regular file");
      const original = decode(readFileSync(path));
      const changed = patchConfig(original, wanted);
      if (changed === original) continue;
      replaceFile(path, changed);
      patched++;
    } catch (error) {
      logger?.warn(`progress.db: left worker config ${path} as it is: ${(error as Error).message}`);
    }
  }
  if (patched > 0) logger?.info(`progress.db: wired ${patched} worker configs of colony ${wanted.colony_id} to ${dbPath}`);
  return patched;
}

/** Throws on what is not UTF-8: decoding it loosely and writing it back would change it. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Readers see the old file or the new one, also after a crash; the mode stays, and a link stays a link. */
function replaceFile(path: string, text: string): void {
  const target = realpathSync(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomId()}`);
  const { mode, uid, gid } = statSync(target);
  try {
    const fd = openSync(temporary, "wx", mode);
    try {
      giveTo(fd, uid, gid);
      fchmodSync(fd, mode);
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function giveTo(fd: number, uid: number, gid: number): void {
  const now = fstatSync(fd);
  if (now.uid === uid && now.gid === gid) return;
  try {
    fchownSync(fd, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== "EPERM") throw error; // Only root may give a file away.
  }
}
