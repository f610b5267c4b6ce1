import { lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { invalid } from "../errors.ts";
import { systemFailure } from "../sqlite/sqlite-error.ts";
import { coloniesFolder } from "./paths.ts";

/**
 * The folder of the colony of that name, whether it is there or not: always one
 * right under `root`. Throws INVALID_INPUT for a name that is a path, and for a
 * link that leads out.
 */
export function colonyFolder(name: string, root: string = coloniesFolder()): string {
  if (typeof name !== "string" || ["", ".", ".."].includes(name) || /[/\\\0]/.test(name) || !name.isWellFormed()) {
    throw invalid("colony", `${JSON.stringify(name)} is not a colony's name: it must be the name of one folder, not a path`);
  }
  const folder = join(root, name);
  if (isLink(folder) && !isRightUnder(folder, root)) {
    throw invalid("colony", `${JSON.stringify(name)} is a link that leads out of ${root}; give the database's own path instead`);
  }
  return folder;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch (error) {
    throw systemFailure(error, path);
  }
}

function isRightUnder(link: string, root: string): boolean {
  try {
    return dirname(realpathSync(link)) === realpathSync(root);
  } catch {
    return false; // It leads nowhere, or to itself.
  }
}
