import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errnoOf } from "../errors.ts";
import type { Persistence } from "../persistence/persistence.ts";

/** Makes a folder, and those around it, so that they outlive a power cut: each one's name is kept in the folder around it. */
export function makeFolder(path: string, persistence: Persistence): void {
  const made: string[] = [];
  for (let each = resolve(path); !isThere(each); each = dirname(each)) made.push(each);
  mkdirSync(path, { recursive: true });
  for (const each of made) {
    try {
      persistence.syncDirectory(each);
    } catch (error) {
      if (!isRefusal(error)) throw error; // The folder around it may be one that we may not open; then nothing more can be done.
    }
  }
}

/** What may not be looked at counts as there: it is not for us to make. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** Deno's own refusal (no `--allow-read`) has a name and no code. */
function isRefusal(error: unknown): boolean {
  return errnoOf(error) === "EACCES" || errnoOf(error) === "EPERM" || (error as Error).name === "NotCapable";
}
