import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ensureProgressDb, openProgressDb, reclaimStale, seedTasks } from "hive-progress-db";
import { expect, onTestFinished } from "vitest";
import { testWith } from "../helpers.ts";
import { failure, newColony, open, sha256 } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");

/** The shell in a write transaction, until `letGo`. */
async function holdLock(path: string): Promise<() => Promise<void>> {
  const shell: ChildProcess = spawn("sqlite3", ["-vfs", "unix-dotfile", path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void shell.kill("SIGKILL"));
  shell.stdin!.write("BEGIN IMMEDIATE; UPDATE tasks SET priority = 7; SELECT 'held';\n");
  await new Promise((resolve) => shell.stdout!.once("data", resolve));
  return () => new Promise((resolve) => {
    shell.once("close", () => resolve());
    shell.stdin!.end("COMMIT;\n");
  });
}

testWithSqlite3("while the shell holds the lock all wait their time, then get BUSY with the holder; nothing is changed", async () => {
  const { folder, path } = await newColony();
  const db = await open(path, { timeoutMs: 200 });
  await db.seedTasks([{ goal: "g" }]);
  const letGo = await holdLock(path);
  const before = sha256(path);
  const start = performance.now();
  for (const outcome of [
    db.claimTask({ workerId: "w" }), db.getProgress(), db.read(() => 1), db.transaction(() => 1),
    openProgressDb(path, { timeoutMs: 200 }), ensureProgressDb(folder, { timeoutMs: 200 }), seedTasks(path, [{ goal: "g" }], { timeoutMs: 200 }),
    reclaimStale(path, 15, { timeoutMs: 200 }),
  ].map((call) => failure(call))) {
    const error = await outcome;
    expect(error.code).toBe("BUSY");
    expect(error.details["holder"]).toMatchObject({ description: expect.stringContaining("native client") as string });
    expect(error.message).toContain("native client");
  }
  expect(performance.now() - start).toBeGreaterThan(190);
  expect(performance.now() - start).toBeLessThan(2_000);
  expect(sha256(path)).toBe(before);
  expect(existsSync(`${path}.lock`)).toBe(true);

  await letGo();
  expect(await db.claimTask({ workerId: "w" })).toMatchObject({ priority: 7 });
});

testWithSqlite3("who waits long enough gets the lock when the shell lets go", async () => {
  const { path } = await newColony();
  const db = await open(path);
  await db.seedTasks([{ goal: "g" }]);
  const letGo = await holdLock(path);
  const claiming = db.claimTask({ workerId: "w" });
  await delay(100);
  await letGo();
  expect(await claiming).toMatchObject({ priority: 7 });
});

testWithSqlite3("a timeout of 0 is one attempt", async () => {
  const { path } = await newColony();
  const db = await open(path, { timeoutMs: 0 });
  expect((await db.getProgress()).total).toBe(0);
  const letGo = await holdLock(path);
  const start = performance.now();
  expect((await failure(db.getProgress())).code).toBe("BUSY");
  expect(performance.now() - start).toBeLessThan(500);
  await letGo();
  expect((await db.getProgress()).total).toBe(0);
});

testWithSqlite3("an abort rejects a wait at once, with its reason, and leaves no trace", async () => {
  const { path } = await newColony();
  const controller = new AbortController();
  const db = await open(path, { signal: controller.signal, timeoutMs: 60_000 });
  const patient = await open(path);
  const letGo = await holdLock(path);
  const reason = new Error("enough");
  const waiting = Promise.allSettled([db.enqueueTask("never"), db.getProgress()]);
  const kept = patient.enqueueTask("kept");
  setTimeout(() => controller.abort(reason), 50);
  const start = performance.now();
  expect(await waiting).toEqual([{ status: "rejected", reason }, { status: "rejected", reason }]);
  expect(performance.now() - start).toBeLessThan(1_000);
  await expect(db.enqueueTask("neither")).rejects.toBe(reason);

  await letGo();
  await kept;
  expect((await patient.listTasks()).map((task) => task.goal)).toEqual(["kept"]);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

testWithSqlite3("a signal that is aborted already opens nothing", async () => {
  const { path } = await newColony();
  await expect(openProgressDb(path, { signal: AbortSignal.abort("no") })).rejects.toBe("no");
});
