import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openProgressDb, type OpenOptions } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3 } from "../helpers.ts";
import type { Program } from "../processes/program.ts";

/** What is to hold after a process was killed, whatever it was doing. */

/** What a dead process left beside a database. */
export function leftBehind(dbPath: string): { journal: boolean; lock: boolean } {
  return {
    journal: (statSync(`${dbPath}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0,
    lock: existsSync(`${dbPath}.lock`),
  };
}

/** The pid that the lock names, if there is one. */
export function holderOf(dbPath: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(`${dbPath}.lock`, "utf8")) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

/** Stops a busy process at a moment at which it has the lock, unless it hardly ever has. */
export async function stopHolding(writer: Program, dbPath: string): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    writer.kill("SIGSTOP");
    if (holderOf(dbPath) === writer.pid) return;
    writer.kill("SIGCONT");
    await sleep(Math.random() * 3);
  }
}

/** A copy of the database and of what is named beside it, in place of the last one; nobody may be writing. */
export function copyOf(dbPath: string, folder: string, ...suffixes: string[]): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const copy = join(folder, "progress.db");
  for (const suffix of ["", ...suffixes]) if (existsSync(dbPath + suffix)) copyFileSync(dbPath + suffix, copy + suffix);
  return copy;
}

/** The next opener writes, without a human and without delay, and takes its write back. Returns the milliseconds it took. */
export async function recover(dbPath: string, options: OpenOptions = {}): Promise<number> {
  const begin = performance.now();
  const db = await openProgressDb(dbPath, options);
  await db.enqueueTask("after the crash", { id: "after the crash" });
  const ms = performance.now() - begin;
  await db.transaction((sql) => sql.run("DELETE FROM tasks WHERE id = 'after the crash'"));
  await db.close();
  return ms;
}

/** Sound by native SQLite's word, nothing of the lock left, and the same rows as native SQLite makes of the copy it recovers. */
export function expectSound(dbPath: string, copy?: string): void {
  expect(sqlite3(dbPath, "PRAGMA integrity_check; PRAGMA foreign_key_check")).toBe("ok");
  expect([".lock", ".lock-owners", "-wal", "-shm"].map((suffix) => dbPath + suffix).filter((path) => existsSync(path))).toEqual([]);
  expect(leftBehind(dbPath)).toEqual({ journal: false, lock: false });
  if (copy === undefined) return;
  expect(sqlite3(copy, "PRAGMA integrity_check")).toBe("ok");
  expect(sqlite3(copy, ".sha3sum")).toBe(sqlite3(dbPath, ".sha3sum"));
}

/** Within a second, but for the odd one that the machine itself held up; that none got BUSY bounds those. Returns a summary. */
export function expectQuick(recoveries: readonly number[]): string {
  const sorted = recoveries.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
  const summary = `recovery median ${at(0.5).toFixed(0)} ms, longest ${at(1).toFixed(0)} ms`;
  expect(at(0.5), summary).toBeLessThan(500);
  expect(at(0.95), summary).toBeLessThan(1000);
  return summary;
}
