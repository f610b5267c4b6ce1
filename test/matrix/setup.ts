import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { isFull, matrix } from "./full.ts";

/** What every row starts from: the package as users get it, packed and installed into an empty folder. */
export interface Packed {
  readonly tarball: string;
  /** A project with `hive-progress-db` in its node_modules, and the programs of fixtures/. */
  readonly consumer: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    packed: Packed;
  }
}

export default function setup(project: TestProject): () => void {
  if (isFull) installTools();
  const folder = mkdtempSync(join(tmpdir(), "hive-progress-db-matrix-"));
  const [packed] = JSON.parse(npm(project.config.root, "pack", "--json", "--pack-destination", folder)) as [{ filename: string }];
  const consumer = join(folder, "consumer");
  mkdirSync(consumer);
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", version: "1.0.0", private: true, type: "module" }));
  const tarball = join(folder, packed.filename);
  npm(consumer, "install", "--offline", tarball); // It has no dependencies: nothing is to be fetched.
  cpSync(join(matrix, "fixtures"), consumer, { recursive: true });
  project.provide("packed", { tarball, consumer });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The tools of the long rows, exactly as locked: in a folder of their own, so that the package's own install stays small. */
function installTools(): void {
  const lock = readFileSync(join(matrix, "package-lock.json"), "utf8");
  const stamp = join(matrix, "node_modules", ".installed-lock.json");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  try {
    npm(matrix, "ci", "--ignore-scripts");
  } catch {
    npm(matrix, "ci", "--ignore-scripts"); // A registry may fail once.
  }
  writeFileSync(stamp, lock);
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd, encoding: "utf8" });
}
