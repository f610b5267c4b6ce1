import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { expect, inject } from "vitest";
import { outputOf, sqlite3, tempDir } from "../helpers.ts";

/** What fixtures/work.js reports of its job, on every row alike. */
const WORKED = {
  refusal: "SOP_OPEN",
  lost: "CLAIM_LOST",
  byStatus: { pending: 1, claimed: 0, in_progress: 0, done: 1, failed: 1 },
  steps: { total: 2, done: 2 },
  openGates: 0,
};

/** A fresh project that has the package installed, and the programs of fixtures/. */
export function consumer(): string {
  const folder = tempDir();
  cpSync(inject("packed").consumer, folder, { recursive: true });
  return folder;
}

/** Runs a command; returns what it printed. */
export function run(cwd: string, command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  return outputOf(spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] }));
}

export function expectWorked(printed: string): void {
  expect(JSON.parse(printed)).toEqual(WORKED);
}

/** The job on real files: `command` runs fixtures/on-files.js, however it was bundled. What it leaves is read by native SQLite. */
export async function expectWorkOnFiles(cwd: string, command: string, argsFor: (colony: string) => readonly string[]): Promise<void> {
  const colony = join(mkdtempSync(join(tempDir(), "colonies-")), "letters");
  mkdirSync(colony);
  expectWorked(await run(cwd, command, argsFor(colony)));
  const dbPath = join(colony, "data", "progress.db");
  expect(sqlite3(dbPath, "SELECT goal, status, coalesce(last_error, '') FROM tasks ORDER BY goal"))
    .toBe("File the answers|failed|no answers\nWait|pending|\nWrite the letter|done|");
  expect(sqlite3(dbPath, "SELECT seq, status, evidence FROM steps ORDER BY seq")).toBe("1|done|Draft: done\n2|done|Send: done");
  expect(sqlite3(dbPath, "SELECT key, done_by, note FROM sop_checklist")).toBe("proofread|w|read twice");
  expect(sqlite3(dbPath, "PRAGMA integrity_check")).toBe("ok");
}
