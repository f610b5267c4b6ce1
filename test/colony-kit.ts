import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import {
  type Clock, ensureProgressDb, type EnsureOptions, isProgressDbError, openProgressDb, type OpenOptions, type ProgressDb, type ProgressDbError,
} from "hive-progress-db";
import { expect, onTestFinished } from "vitest";
import { python, root, tempDir } from "./helpers.ts";

/** A clock that stands still until it is moved. */
export function manualClock(start = "2026-05-01T09:00:00Z"): Clock & { advance(minutes: number): void } {
  let now = Date.parse(start);
  return {
    now: () => now,
    advance(minutes) {
      now += minutes * 60_000;
    },
  };
}

/** A new colony's database; the folder goes when the test ends. */
export async function newColony(options: EnsureOptions = {}): Promise<{ folder: string; path: string }> {
  const folder = join(tempDir(), "colony");
  return { folder, path: await ensureProgressDb(folder, options) };
}

/** A handle that is closed when the test ends. */
export async function open(path: string, options: OpenOptions = {}): Promise<ProgressDb> {
  const db = await openProgressDb(path, options);
  onTestFinished(() => db.close());
  return db;
}

/** A handle on a new colony's database. */
export async function newDb(options: EnsureOptions = {}): Promise<ProgressDb> {
  const { path } = await newColony(options);
  return open(path, options);
}

/** The library's error with which the promise rejects. */
export async function failure(promise: Promise<unknown>): Promise<ProgressDbError> {
  const error: unknown = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!isProgressDbError(error)) throw error;
  expect(error.hint, `the hint of: ${error.message}`).not.toBe("");
  return error;
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await failure(promise)).code;
}

export function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** What stands beside a database; a lock folder left behind is a defect. */
export function sidecars(path: string): string[] {
  return ["-wal", "-shm", ".lock"].filter((suffix) => existsSync(path + suffix));
}

/** Runs SQL in the `sqlite3` shell, which takes part in the dotfile lock; returns its output. */
export function native(path: string, sql: string): string {
  return execFileSync("sqlite3", ["-vfs", "unix-dotfile", path, sql], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
}

/** What the `sqlite3` shell complains about; it must. */
export function nativeRefusal(path: string, sql: string): string {
  try {
    native(path, sql);
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
  throw new Error(`the sqlite3 shell did not refuse: ${sql}`);
}

/** The reference module, imported as `seed`; `Path`, `json`, `os`, `sqlite3` and `sys` are there too. */
export const WITH_SEED = `
import json, os, sqlite3, sys
from pathlib import Path
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(join(root, "test/compat"))})
import seed_progress_db as seed
`;

/** A database in WAL mode, made, seeded and closed by the reference. */
export function seedsDatabase(folder: string, tasks: number): string {
  return python(`${WITH_SEED}
path = seed.ensure_progress_db(Path(sys.argv[1]))
seed.seed_tasks(path, [{"id": f"t{n:03}", "goal": f"goal {n}"} for n in range(${tasks})])
print(path)`, folder);
}

/** Python commits three tasks, begins a fourth, and is killed: what it committed is in the `-wal` only. */
export function killedDatabase(folder: string): string {
  const path = seedsDatabase(folder, 0);
  const victim = `${WITH_SEED}
con = seed._connect(Path(sys.argv[1]))
for n in range(3):
    con.execute("INSERT INTO tasks (id, goal, created_at, updated_at) VALUES (?, 'committed', datetime('now'), datetime('now'))", (f"c{n}",))
con.execute("PRAGMA cache_size = 1")
con.execute("BEGIN IMMEDIATE")
con.executemany("INSERT INTO tasks (id, goal, created_at, updated_at) VALUES (?, ?, 'now', 'now')", ((f"u{n}", "x" * 5000) for n in range(50)))
os.kill(os.getpid(), 9)`;
  expect(() => python(victim, path)).toThrow();
  expect(existsSync(`${path}-wal`)).toBe(true);
  return path;
}

/** True where an ordinary native client can be seen: not from inside a container (see native-clients.ts). */
export const canDetectNatives: boolean = readLink("/proc/self/ns/pid") === "pid:[4026531836]";

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
