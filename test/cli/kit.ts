import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { ensureProgressDb, openProgressDb, type OpenOptions, type ProgressDb, type TaskInput } from "hive-progress-db";
import { expect, onTestFinished, vi } from "vitest";
import { root, tempDir } from "../helpers.ts";

/** Runs the built `colony` as others do: as a process, looked at from outside. */

export const COLONY: readonly string[] = [process.execPath, join(root, "dist/cli/colony.cjs")];

// Each test starts many processes: seconds on an idle machine, many more on one that has other things to do.
vi.setConfig({ testTimeout: 180_000 });

export interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface How {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on stdin. */
  readonly input?: string;
  readonly command?: readonly string[];
}

/** The environment without what would answer for the flags. */
export function cleanEnv(env: How["env"] = {}): Record<string, string | undefined> {
  const { COLONY_DB: _db, COLONY_WORKER: _worker, COLONY_TOKEN: _token, COLONY_FORMAT: _format, NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env;
  return { ...rest, ...env };
}

export function start(args: readonly string[], { cwd, env, command = COLONY }: How = {}): ChildProcessWithoutNullStreams {
  const [program = "", ...before] = command;
  const child = spawn(program, [...before, ...args], { cwd, env: cleanEnv(env), stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => {}); // It ended before it had read all.
  return child;
}

export function colony(args: readonly string[], how: How = {}): Promise<Ran> {
  const child = start(args, how);
  child.stdin.end(how.input ?? "");
  return ending(child);
}

export function ending(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (data: Buffer) => stdout.push(data));
  child.stderr.on("data", (data: Buffer) => stderr.push(data));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }));
  });
}

/** What it prints, when it ends well. */
export async function said(args: readonly string[], how: How = {}): Promise<string> {
  const { status, stdout, stderr } = await colony(args, how);
  expect(status, `colony ${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
}

/** The JSON document it prints. */
export async function json<T = Record<string, never>>(args: readonly string[], how: How = {}): Promise<T> {
  const document = JSON.parse(await said([...args, "--json"], how)) as T & { schema: number };
  expect(document.schema).toBe(1);
  return document;
}

/** A colony's database with these tasks, in a folder that goes when the test ends. */
export async function seeded(tasks: readonly TaskInput[] = []): Promise<{ folder: string; path: string }> {
  const folder = tempDir();
  const path = await ensureProgressDb(folder);
  await withDb(path, (db) => db.seedTasks(tasks));
  return { folder, path };
}

export async function withDb<T>(path: string, use: (db: ProgressDb) => Promise<T>, options: OpenOptions = {}): Promise<T> {
  const db = await openProgressDb(path, options);
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}
