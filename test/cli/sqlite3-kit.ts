import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { root } from "../helpers.ts";
import { SCHEMA } from "./sqlite3-cases.ts";

/** Runs both shells, the real one and ours. */

export const OURS: readonly string[] = [process.execPath, join(root, "dist/cli/colony-sqlite3.cjs")];
export const NATIVE: readonly string[] = ["sqlite3"];

export interface Outcome {
  /** One character a byte. */
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

export function run(command: readonly string[], args: readonly string[], options: { input?: string; cwd?: string } = {}): Promise<Outcome> {
  const [program = "", ...before] = command;
  const child = spawn(program, [...before, ...args], { cwd: options.cwd, stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString("latin1")));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString("utf8")));
  child.stdin.on("error", () => {}); // It ended before it had read all.
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ stdout, stderr, status }));
  });
}

/** A folder with the cases' database, copies of it, `junk.db`, which is none, and `torn.db`, which is damaged. */
export class Workshop {
  readonly folder: string = mkdtempSync(join(tmpdir(), "hive-sqlite3-"));
  readonly #model = join(this.folder, "model.db");
  #copies = 0;

  constructor() {
    execFileSync("sqlite3", [this.#model], { input: SCHEMA });
    writeFileSync(join(this.folder, "junk.db"), "this is not a database\n".repeat(200));
    const torn = readFileSync(this.#model);
    torn.fill(0xa5, 4096); // All but the schema.
    writeFileSync(join(this.folder, "torn.db"), torn);
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Another copy, by its name in the folder. */
  copy(): string {
    const name = `copy-${++this.#copies}.db`;
    copyFileSync(this.#model, join(this.folder, name));
    return name;
  }
}

/** Does the work for all items, two at a time: each waits for processes. */
export async function inPairs<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}
