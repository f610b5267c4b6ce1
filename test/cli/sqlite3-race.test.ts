import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureProgressDb, openProgressDb, seedTasks } from "hive-progress-db";
import { expect } from "vitest";
import { root, sqlite3, tempDir, testWith } from "../helpers.ts";
import { Program } from "../processes/program.ts";
import { OURS } from "./sqlite3-kit.ts";

const TASKS = 60;

testWith("sqlite3")("8 shells of ours and 4 native ones work by the protocol in raw SQL, and each task is done once", { timeout: 120_000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const ids = await seedTasks(dbPath, Array.from({ length: TASKS }, (_, seq) => ({
    goal: `task ${seq}`, seq, steps: [{ title: "one" }, { title: "two" }], sop_items: [{ key: "lint", description: "it is clean" }],
  })));
  const start = (worker: string, shell: readonly string[]): Program =>
    new Program(spawn("sh", [join(root, "test/processes/sql-worker.sh"), dbPath, worker, ...shell], { stdio: ["pipe", "pipe", "pipe"] }));
  const ours = Array.from({ length: 8 }, (_, index) => start(`ours-${index}`, OURS));
  const native = Array.from({ length: 4 }, (_, index) => start(`native-${index}`, ["sqlite3", "-vfs", "unix-dotfile"]));
  const all = [...ours, ...native];
  await Promise.all(all.map((program) => program.hear("ready")));
  const begin = performance.now();
  for (const program of all) program.say("go");
  const claimed = await Promise.all(all.map((program) => program.rest()));
  process.stdout.write(`${TASKS} tasks in ${((performance.now() - begin) / 1000).toFixed(1)} s; `
    + `ours ${claimed.slice(0, 8).map((list) => list.length).join(" ")}, native ${claimed.slice(8).map((list) => list.length).join(" ")}\n`);

  expect(claimed.flat()).toHaveLength(TASKS); // None twice:
  expect(new Set(claimed.flat())).toEqual(new Set(ids)); // and none left out.
  expect(claimed.slice(0, 8).flat().length).toBeGreaterThan(0);
  expect(claimed.slice(8).flat().length).toBeGreaterThan(0);
  expect(sqlite3(dbPath, "PRAGMA integrity_check")).toBe("ok");
  const db = await openProgressDb(dbPath);
  expect(await db.getProgress()).toMatchObject({ byStatus: { done: TASKS, pending: 0, claimed: 0 }, steps: { total: 2 * TASKS, done: 2 * TASKS }, openGates: 0 });
  await db.close();
});
