import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, test } from "vitest";

export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** A folder that goes when the test ends. */
export function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "hive-progress-db-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same for thousands of small files: on a disk of memory, where there is one. */
export function fastTempDir(): string {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hive-progress-db-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Where a tool is: of this package's own, or on the path. */
const TOOLS = {
  deno: join(root, "node_modules/.bin/deno"),
  bun: join(root, "node_modules/.bin/bun"),
  node: process.execPath,
  python3: "python3",
  sqlite3: "sqlite3",
  chromium: "/usr/bin/chromium",
  firefox: "/usr/bin/firefox-esr",
};
export type Tool = keyof typeof TOOLS;

export function toolPath(tool: Tool): string {
  return TOOLS[tool];
}

function isThere(tool: Tool): boolean {
  return spawnSync(TOOLS[tool], ["--version"], { stdio: "ignore" }).status === 0;
}

/** `test`, or a visible skip where the tool is missing; in CI a missing tool is a failure. */
export function testWith(...tools: Tool[]): typeof test {
  const missing = tools.filter((tool) => !isThere(tool));
  return missing.length === 0 ? test : without(missing.join(", "));
}

/** `test` for what only root may do, such as mounting a disk; otherwise as `testWith`. */
export const testAsRoot: typeof test = process.getuid?.() === 0 ? test : without("root");

function without(need: string): typeof test {
  if (process.env["CI"] !== undefined) {
    return ((name: string) => test(name, () => {
      throw new Error(`CI must have ${need}`);
    })) as unknown as typeof test;
  }
  process.stderr.write(`SKIPPED: these tests need ${need}, which this machine does not have\n`);
  return test.skip as unknown as typeof test;
}

/** Runs the real `sqlite3` shell; returns its output without the last line break. */
export function sqlite3(path: string, ...args: string[]): string {
  return execFileSync("sqlite3", [path, ...args], { encoding: "utf8" }).replace(/\n$/, "");
}

/** Runs a Python script given as text; returns its output without the last line break. */
export function python(script: string, ...args: string[]): string {
  return execFileSync("python3", ["-c", script, ...args], { encoding: "utf8" }).replace(/\n$/, "");
}

/** Writes a module that may import `hive-progress-db`; returns its path. */
export function writeProgram(folder: string, name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(path, source.replaceAll(/(["'])hive-progress-db(\/[\w/-]+)?\1/g, (_all, _quote, subpath?: string) =>
    JSON.stringify(join(root, "dist", subpath === "/testing" ? "testing/index.js" : `${subpath?.slice(1) ?? "index"}.js`))));
  return path;
}

/** Writes a module that may import `hive-progress-db` and runs it in a process of its own. */
export function startNode(folder: string, name: string, source: string, args: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, [writeProgram(folder, name, source), ...args], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
}

/** A process's whole output; rejects when it does not end with exit code 0. */
export function outputOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    let err = "";
    child.stdout?.on("data", (data) => (out += data));
    child.stderr?.on("data", (data) => (err += data));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(`process ended with ${code ?? signal}:\n${err}${out}`));
    });
  });
}
