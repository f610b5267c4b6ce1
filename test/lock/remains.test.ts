import { existsSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureProgressDb, enqueueTask, openProgressDb, type ProgressDbError } from "hive-progress-db";
import { expect, test } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { deadProcess, factsOf, Remains } from "./remains.ts";

/** A database of which nobody has the lock. */
async function database(): Promise<{ dbPath: string; remains: Remains }> {
  const dbPath = await ensureProgressDb(tempDir());
  return { dbPath, remains: new Remains(dbPath) };
}

/** The lock's files that are there. */
function lockFiles(dbPath: string): string[] {
  return readdirSync(dirname(dbPath)).filter((name) => name.includes(".lock"));
}

async function refusal(dbPath: string, timeoutMs: number): Promise<ProgressDbError & { ms: number }> {
  const begin = performance.now();
  const error = await openProgressDb(dbPath, { timeoutMs }).then(
    () => { throw new Error("it opened"); },
    (reason: ProgressDbError) => reason,
  );
  return Object.assign(error, { ms: performance.now() - begin });
}

async function expectNobodyNeeded(dbPath: string): Promise<void> {
  const begin = performance.now();
  const id = await enqueueTask(dbPath, "goes on");
  expect(performance.now() - begin).toBeLessThan(1000);
  expect(sqlite3(dbPath, `SELECT goal FROM tasks WHERE id = '${id}'; PRAGMA integrity_check`)).toBe("goes on\nok");
  expect(lockFiles(dbPath)).toEqual([]);
}

testWith("sqlite3")("a holder that died before it made the folder holds nobody up", async () => {
  const { dbPath, remains } = await database();
  remains.owner(await deadProcess(), "holder");
  expect(lockFiles(dbPath)).toEqual(["progress.db.lock-owners"]);
  await expectNobodyNeeded(dbPath);
});

testWith("sqlite3")("a folder of ours without a holder holds nobody up", async () => {
  const { dbPath, remains } = await database();
  remains.ourFolder();
  expect(lockFiles(dbPath)).toEqual(["progress.db.lock"]);
  await expectNobodyNeeded(dbPath);
});

testWith("sqlite3")("a crash while registering holds nobody up and leaves nothing behind for ever", async () => {
  const { dbPath, remains } = await database();
  const token = remains.owner(await deadProcess());
  writeFileSync(join(remains.owners, token), ""); // Made, but not yet written.
  await expectNobodyNeeded(dbPath);
});

testWith("sqlite3")("a reused pid is not the dead holder", async () => {
  const { dbPath, remains } = await database();
  remains.ourFolder();
  remains.owner({ ...factsOf(process.pid), startTime: "1" }, "holder");
  await expectNobodyNeeded(dbPath);
});

testWith("sqlite3")("a holder from before the last boot holds nobody up", async () => {
  const { dbPath, remains } = await database();
  remains.ourFolder();
  remains.owner({ ...factsOf(process.pid), bootId: "00000000-0000-0000-0000-000000000000" }, "holder");
  await expectNobodyNeeded(dbPath);
});

for (const [where, facts] of Object.entries({
  "on another host": { host: "elsewhere.example" },
  "in another container": { pidNamespace: "pid:[1]" },
})) {
  test(`a holder ${where} cannot be proven dead: BUSY, and nothing is touched`, async () => {
    const { dbPath, remains } = await database();
    remains.ourFolder();
    remains.owner({ ...(await deadProcess()), ...facts }, "holder");
    const error = await refusal(dbPath, 200);
    expect(error).toMatchObject({ code: "BUSY", details: { holder: { host: facts.host ?? expect.any(String) } } });
    expect(error.hint).toContain(`${dbPath}.lock-owners/holder ${dbPath}.lock`);
    expect(lockFiles(dbPath)).toEqual(["progress.db.lock", "progress.db.lock-owners"]);
    expect(readdirSync(remains.owners).filter((name) => name.startsWith("waiting"))).toEqual([]);
  });
}

test("a folder made by a native client is BUSY and never broken", async () => {
  const { dbPath, remains } = await database();
  remains.nativeFolder();
  const error = await refusal(dbPath, 300);
  expect(error.code).toBe("BUSY");
  expect(error.details["holder"]).toMatchObject({ description: expect.stringMatching(/native client/) });
  expect(error.message).toMatch(/native client/);
  expect(error.ms).toBeGreaterThanOrEqual(295);
  expect(error.ms).toBeLessThan(400);
  expect(existsSync(remains.folder)).toBe(true);

  // Also when a holder of ours died meanwhile: the folder is still the native client's.
  remains.owner(await deadProcess(), "holder");
  expect(await refusal(dbPath, 300)).toMatchObject({ code: "BUSY", message: expect.stringMatching(/native client/) });
  expect(existsSync(remains.folder)).toBe(true);

  rmdirSync(remains.folder); // It has finished.
  await enqueueTask(dbPath, "goes on");
  expect(lockFiles(dbPath)).toEqual([]);
});

test("while a living process inherits from a dead one, BUSY names the living one", async () => {
  const { dbPath, remains } = await database();
  remains.ourFolder();
  const dead = await deadProcess();
  remains.owner(factsOf(process.pid), `heir-of-${remains.owner(dead, "holder")}`);
  const error = await refusal(dbPath, 200);
  expect(error).toMatchObject({ code: "BUSY", details: { holder: { pid: process.pid } } });
});
