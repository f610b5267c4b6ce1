import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { errnoOf, invalid, ProgressDbError } from "../errors.ts";
import { randomId } from "../ids.ts";
import { nodeFile } from "../persistence/node-file.ts";
import { systemFailure } from "../sqlite/sqlite-error.ts";
import { copyStill } from "./still-copy.ts";

export interface CopyOptions {
  /** Puts the copy in the place of a file that is there. Default: INVALID_INPUT. */
  readonly replace?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies any SQLite database, as it is at one moment and while others use it, to one
 * file in rollback mode, its `-wal` merged. The copy is there whole or not at all, and
 * on disk when the promise resolves. Returns its size, bytes.
 *
 * Throws INVALID_INPUT when there is something at `target`, or something beside it
 * that SQLite would take to belong to it; NOT_FOUND, CORRUPT, BUSY, READ_ONLY, IO.
 */
export async function copySqlite(dbPath: string, target: string, { replace = false, signal }: CopyOptions = {}): Promise<number> {
  const path = resolve(target);
  const unfinished = `${path}.${randomId()}.part`;
  try {
    refuseTarget(nodeFile().resolve(dbPath), path, replace);
    await copyStill(dbPath, unfinished, signal);
    const { size } = statSync(unfinished);
    sync(unfinished);
    publish(unfinished, path, replace);
    nodeFile().syncDirectory(path);
    return size;
  } catch (error) {
    throw systemFailure(error, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function refuseTarget(source: string, target: string, replace: boolean): void {
  const there = statSync(target, { throwIfNoEntry: false });
  if (there === undefined ? source === target : there.ino === statSync(source).ino && there.dev === statSync(source).dev) {
    throw invalid("target", "is the database itself");
  }
  if (there?.isDirectory() === true) throw invalid("target", `${target} is a folder`);
  if (there !== undefined && !replace) throw alreadyThere(target);
  for (const suffix of ["-wal", "-journal"]) {
    // SQLite would apply it to the copy.
    if ((statSync(target + suffix, { throwIfNoEntry: false })?.size ?? 0) > 0) throw invalid("target", `${target}${suffix} belongs to another database: choose another name`);
  }
}

function alreadyThere(target: string): Error {
  return new ProgressDbError("INVALID_INPUT", `${target} is there already`, {
    hint: "choose another name, or have it replaced (copySqlite: replace; colony snapshot: --force)",
    details: { place: "target" },
  });
}

function sync(path: string): void {
  const fd = openSync(path, "r+");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Gives the finished file its name. A link, unlike a rename, never replaces what came there meanwhile. */
function publish(unfinished: string, target: string, replace: boolean): void {
  if (replace) return renameSync(unfinished, target);
  try {
    linkSync(unfinished, target);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") throw alreadyThere(target);
    if (statSync(target, { throwIfNoEntry: false }) !== undefined) throw alreadyThere(target);
    renameSync(unfinished, target); // A file system without hard links.
  }
}
