import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The packages installed in a `node_modules` folder, scoped and nested ones too.
 * Only the places where npm puts packages are looked at: a package's own test
 * fixtures may hold a package.json as well, and are nobody's dependency.
 */
export function findPackages(nodeModules) {
  return packageFolders(nodeModules).flatMap((folder) => {
    const { name, version } = readManifest(folder) ?? {};
    const own = typeof name === "string" && typeof version === "string" ? [{ folder, name, version }] : [];
    return [...own, ...findPackages(join(folder, "node_modules"))];
  });
}

function packageFolders(nodeModules) {
  return foldersIn(nodeModules).flatMap((name) => {
    const folder = join(nodeModules, name);
    return name.startsWith("@") ? foldersIn(folder).map((scoped) => join(folder, scoped)) : [folder];
  });
}

/** A linked package is somebody's working copy, not an installed one; it could also link back to where we are. */
function foldersIn(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    return undefined; // Without a manifest it is no package.
  }
}
