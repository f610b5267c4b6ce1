import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureProgressDb, enqueueTask, openProgressDb, type ProgressDbError } from "hive-progress-db";
import { expect, test } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { Actor } from "../processes/actor.ts";
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

testWith("sqlite3")("a holder that died holds nobody up", async () => {
  const { dbPath, remains } = await database();
  remains.holder(await deadProcess());
  expect(lockFiles(dbPath)).toEqual(["progress.db.lock", "progress.db.lock-owners"]);
  await expectNobodyNeeded(dbPath);
});

testWith("sqlite3")("a dead holder whose folder was removed by hand holds nobody up", async () => {
  const { dbPath, remains } = await database();
  remains.holder(await deadProcess());
  rmSync(remains.owners, { recursive: true });
  await expectNobodyNeeded(dbPath);
});

testWith("sqlite3")("a process that died before it took the lock holds nobody up", async () => {
  const { dbPath, remains } = await database();
  remains.owner(await deadProcess(), "waiting-000000000000001-somebody");
  expect(lockFiles(dbPath)).toEqual(["progress.db.lock-owners"]);
  await expectNobodyNeeded(dbPath);
});

for (const [what, text] of Object.entries({ "not yet": "", "half": '{"token":"1234' })) {
  testWith("sqlite3")(`facts that were ${what} written at a crash hold nobody up and do not stay for ever`, async () => {
    const { dbPath, remains } = await database();
    const token = remains.owner(await deadProcess());
    writeFileSync(join(remains.owners, token), text);
    await expectNobodyNeeded(dbPath);
  });
}

testWith("sqlite3")("a reused pid is not the dead holder", async () => {
  const { dbPath, remains } = await database();
  remains.holder({ ...factsOf(process.pid), startTime: "1" });
  await expectNobodyNeeded(dbPath);
});

testWith("sqlite3")("a holder from before the last boot holds nobody up", async () => {
  const { dbPath, remains } = await database();
  remains.holder({ ...factsOf(process.pid), bootId: "00000000-0000-0000-0000-000000000000" });
  await expectNobodyNeeded(dbPath);
});

for (const [where, facts] of Object.entries({
  "on another host": { host: "elsewhere.example" },
  "in another container": { pidNamespace: "pid:[1]" },
})) {
  test(`a holder ${where} cannot be proven dead: BUSY, and nothing is touched`, async () => {
    const { dbPath, remains } = await database();
    const token = remains.holder({ ...(await deadProcess()), ...facts });
    const error = await refusal(dbPath, 200);
    expect(error).toMatchObject({ code: "BUSY", details: { holder: { host: facts.host ?? expect.any(String) } } });
    expect(error.hint).toContain(`remove ${remains.lock}`);
    expect(readFileSync(remains.lock, "utf8")).toContain(token);
    expect(lockFiles(dbPath)).toEqual(["progress.db.lock", "progress.db.lock-owners"]);
    expect(readdirSync(remains.owners).filter((name) => name.startsWith("waiting"))).toEqual([]);
  });
}

test("a folder made by a native client is BUSY and never broken", async () => {
  const { dbPath, remains } = await database();
  remains.nativeLock();
  remains.owner(await deadProcess(), "heir-of-somebody-else");
  const error = await refusal(dbPath, 300);
  expect(error.code).toBe("BUSY");
  expect(error.details["holder"]).toMatchObject({ description: expect.stringMatching(/native client/) });
  expect(error.message).toMatch(/native client/);
  expect(error.ms).toBeGreaterThanOrEqual(299);
  expect(error.ms).toBeLessThan(2000); // How well deadlines are kept is measured in test/fairness.
  expect(statSync(remains.lock).isDirectory()).toBe(true);

  rmdirSync(remains.lock); // It has finished.
  await enqueueTask(dbPath, "goes on");
  expect(lockFiles(dbPath)).toEqual([]);
});

test("a file of unknown origin in the lock's place is BUSY and never broken", async () => {
  const { dbPath, remains } = await database();
  writeFileSync(remains.lock, "somebody's notes");
  const error = await refusal(dbPath, 200);
  expect(error.code).toBe("BUSY");
  expect(error.hint).toContain(`remove ${remains.lock}`);
  expect(readFileSync(remains.lock, "utf8")).toBe("somebody's notes");
});

testWith("sqlite3")("a native client waits for a holder of ours, living or dead, and breaks nothing", async () => {
  const { dbPath, remains } = await database();
  for (const facts of [factsOf(process.pid), await deadProcess()]) {
    remains.holder(facts);
    const native = spawnSync("sqlite3", ["-vfs", "unix-dotfile", "-cmd", ".timeout 50", dbPath, "DELETE FROM tasks"], { encoding: "utf8" });
    expect(native).toMatchObject({ stderr: expect.stringMatching(/locked/) });
    expect(readFileSync(remains.lock, "utf8")).toContain(`"pid":${facts.pid}`);
    rmSync(remains.lock);
  }
});

testWith("sqlite3")("a dead writer's journal that rolls nothing back does not shut native clients out", async () => {
  const { dbPath } = await database();
  const journal = `${dbPath}-journal`;
  writeFileSync(journal, Buffer.concat([Buffer.alloc(12), Buffer.alloc(16_916, "page")])); // Its header was not synced yet.
  const db = await openProgressDb(dbPath);
  await expect(db.transaction(() => { throw new Error("changed my mind"); })).rejects.toThrow("changed my mind");
  expect(lockFiles(dbPath)).not.toContain("progress.db.lock");
  expect(statSync(journal).size).toBe(16_928); // It was there all the time.
  await db.close();
  expect(lockFiles(dbPath)).toEqual([]);
  const native = spawnSync("sqlite3", ["-vfs", "unix-dotfile", dbPath, "DELETE FROM tasks"], { encoding: "utf8" });
  expect(native).toMatchObject({ stderr: "", status: 0 });
});

test("while a living process inherits from a dead one, BUSY names the living one", async () => {
  const { dbPath, remains } = await database();
  remains.owner(factsOf(process.pid), `heir-of-${remains.holder(await deadProcess())}`);
  const error = await refusal(dbPath, 200);
  expect(error).toMatchObject({ code: "BUSY", details: { holder: { pid: process.pid } } });
});

testWith("sqlite3")("an heir whose facts are swept away before it can say so writes them anew", async () => {
  const { dbPath, remains } = await database();
  const heir = await Actor.start(dirname(dbPath));
  remains.holder(await deadProcess());
  const stopped = heir.stopped();
  const opened = heir.tell("open", [dbPath], { stopAt: { call: "link heir" } });
  await stopped;
  for (const name of readdirSync(remains.owners)) rmSync(join(remains.owners, name));
  await heir.wake();
  expect(await opened).toEqual({}); // No error, that is.
  await heir.ask("close");
  await expectNobodyNeeded(dbPath);
});
