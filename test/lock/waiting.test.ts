import { readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";
import { expect, test } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { start, startHolder } from "../processes/program.ts";

const PROCESSES = 8;

/** What is beside the database. */
const beside = (dbPath: string): string[] => readdirSync(dirname(dbPath)).filter((name) => name !== "progress.db").toSorted();

testWith("sqlite3")(`${PROCESSES} processes that write without a break get a fair share each, and leave nothing behind`, async () => {
  const dbPath = await ensureProgressDb(tempDir());
  const programs = Array.from({ length: PROCESSES }, (_, index) => start(tempDir(), "enqueuer", dbPath, `p${index}`));
  await Promise.all(programs.map((program) => program.hear("ready")));
  for (const program of programs) program.say("4000");
  const shares = await Promise.all(programs.map(async (program) => Number(await program.line())));
  const total = shares.reduce((sum, share) => sum + share, 0);

  for (const program of programs) program.child.stdin?.end();
  await Promise.all(programs.map((program) => program.rest()));
  process.stdout.write(`shares of ${total}: ${shares.map((share) => (share * PROCESSES / total).toFixed(2)).join(" ")}\n`);
  expect(sqlite3(dbPath, "SELECT count(*) FROM tasks; PRAGMA integrity_check")).toBe(`${total}\nok`);
  expect(total).toBeGreaterThan(PROCESSES * 10);
  expect(Math.min(...shares)).toBeGreaterThan(total / PROCESSES / 2);
  expect(beside(dbPath)).toEqual(["progress.db-journal"]);
});

test("waiting costs little, and ends at its deadline", async () => {
  const dbPath = await ensureProgressDb(tempDir());
  const waiters = Array.from({ length: 3 }, () => start(tempDir(), "waiter", dbPath, "2000"));
  await Promise.all(waiters.map((waiter) => waiter.hear("ready")));
  const holder = await startHolder(tempDir(), dbPath, "between");
  holder.kill("SIGSTOP");
  for (const waiter of waiters) waiter.say("wait");
  for (const waiter of waiters) {
    const { code, ms, cpuMs } = JSON.parse(await waiter.line()) as { code: string; ms: number; cpuMs: number };
    process.stdout.write(`waited ${ms.toFixed(0)} ms, ${(100 * cpuMs / ms).toFixed(1)} % of a core\n`);
    expect(code).toBe("BUSY");
    expect(ms).toBeGreaterThanOrEqual(1999);
    expect(ms).toBeLessThan(2100);
    expect(cpuMs / ms).toBeLessThan(0.15);
  }
});

test("an abort ends the wait at once, whatever it falls on, and gives up the place in line", async () => {
  const dbPath = await ensureProgressDb(tempDir());
  const waits = await Promise.all(Array.from({ length: 30 }, async () => {
    const controller = new AbortController();
    return { controller, db: await openProgressDb(dbPath, { signal: controller.signal, timeoutMs: 60_000 }) };
  }));
  const gate = `${dbPath}-gate`;
  const holder = await startHolder(tempDir(), dbPath, "between", gate);
  const inLine = (): string[] => readdirSync(`${dbPath}.lock-owners`).filter((name) => name.startsWith("waiting-"));
  let longest = 0;
  for (const { controller, db } of waits) {
    const outcome = db.enqueueTask("in vain").then(() => "done", (reason: unknown) => reason);
    await sleep(20 + Math.random() * 20);
    expect(inLine()).toHaveLength(1);
    const begin = performance.now();
    controller.abort(new Error("enough"));
    expect(await outcome).toMatchObject({ message: "enough" });
    longest = Math.max(longest, performance.now() - begin);
    await sleep(20);
    expect(inLine()).toEqual([]);
  }
  expect(longest).toBeLessThan(50);
  for (const { db } of waits) await db.close();

  // The holder was not disturbed, and when it has gone nothing is left.
  writeFileSync(gate, "");
  await holder.hear("committed");
  holder.say("work");
  await holder.rest();
  expect(beside(dbPath)).toEqual(["progress.db-gate", "progress.db-journal"]);
});

test("one that waits is served as soon as the holder leaves", async () => {
  const dbPath = await ensureProgressDb(tempDir());
  const gate = `${dbPath}-gate`;
  const db = await openProgressDb(dbPath, { timeoutMs: 20_000 });
  const holder = await startHolder(tempDir(), dbPath, "between", gate);
  let isServed = false;
  const served = db.enqueueTask("patient").then(() => (isServed = true));
  await sleep(300);
  expect(isServed).toBe(false);
  const begin = performance.now();
  writeFileSync(gate, "");
  await served;
  process.stdout.write(`served ${(performance.now() - begin).toFixed(0)} ms after the holder was told to leave\n`);
  expect(performance.now() - begin).toBeLessThan(300);
  await holder.hear("committed");
  await db.close();
});
