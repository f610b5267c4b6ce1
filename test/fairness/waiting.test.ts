import { readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";
import { expect, test } from "vitest";
import { tempDir } from "../helpers.ts";
import { inLine, untilInLine } from "../processes/line.ts";
import { type Program, start, startHolder } from "../processes/program.ts";

/** What is beside the database. */
const beside = (dbPath: string): string[] => readdirSync(dirname(dbPath)).filter((name) => name !== "progress.db").toSorted();

interface Waited {
  deadlines: { code: string; ms: number; late: number; timerLate: number }[];
  seconds: number;
  cpuSeconds: number;
}

test("waiting burns no CPU, and each deadline is kept within 100 ms", { timeout: 180_000 }, async () => {
  const dbPath = await ensureProgressDb(tempDir());
  const waiters: Program[] = [];
  while (waiters.length < 3) { // One by one: they are not to wait yet.
    const waiter = start(tempDir(), "waiter", dbPath, "500", "1000", "3000");
    await waiter.hear("ready");
    waiters.push(waiter);
  }
  const holder = await startHolder(tempDir(), dbPath, "between");
  holder.kill("SIGSTOP");
  let [seconds, cpuSeconds, latest] = [0, 0, 0];
  for (const waiter of waiters) waiter.say("wait");
  for (const waiter of waiters) {
    const waited = JSON.parse(await waiter.line()) as Waited;
    seconds += waited.seconds;
    cpuSeconds += waited.cpuSeconds;
    for (const { code, late, timerLate } of waited.deadlines) {
      expect(code).toBe("BUSY");
      expect(late).toBeGreaterThan(-1);
      latest = Math.max(latest, late - Math.max(0, timerLate)); // What the machine itself held up is not ours.
    }
  }
  process.stdout.write(`waited ${seconds.toFixed(1)} s in all: ${(cpuSeconds / seconds).toFixed(4)} CPU seconds a second; `
    + `deadlines at most ${latest.toFixed(1)} ms later than a bare timer\n`);
  expect(latest).toBeLessThan(100);
  expect(cpuSeconds / seconds).toBeLessThan(0.1);
});

test("an abort ends the wait at once, whatever it falls on, and gives up the place in line", { timeout: 180_000 }, async () => {
  const dbPath = await ensureProgressDb(tempDir());
  const waits = await Promise.all(Array.from({ length: 30 }, async () => {
    const controller = new AbortController();
    return { controller, db: await openProgressDb(dbPath, { signal: controller.signal, timeoutMs: 60_000 }) };
  }));
  const gate = `${dbPath}-gate`;
  const holder = await startHolder(tempDir(), dbPath, "between", gate);
  const times: number[] = [];
  for (const { controller, db } of waits) {
    const outcome = db.enqueueTask("in vain").then(() => "done", (reason: unknown) => reason);
    await untilInLine(dbPath, process.pid);
    await sleep(Math.random() * 20);
    const begin = performance.now();
    controller.abort(new Error("enough"));
    expect(await outcome).toMatchObject({ message: "enough" });
    expect(performance.now() - begin, "milliseconds until it was told").toBeLessThan(1000);
    while (inLine(dbPath).length > 0) await sleep(1);
    times.push(performance.now() - begin); // Its place is gone too, for others to see.
  }
  const median = times.toSorted((a, b) => a - b)[times.length / 2]!;
  process.stdout.write(`${times.length} aborts: out of the line after median ${median.toFixed(1)} ms, longest ${Math.max(...times).toFixed(1)} ms\n`);
  expect(median).toBeLessThan(20);
  for (const { db } of waits) await db.close();

  // The holder was not disturbed, and when it has gone nothing is left.
  writeFileSync(gate, "");
  await holder.hear("committed");
  holder.say("work");
  await holder.rest();
  expect(beside(dbPath)).toEqual(["progress.db-gate", "progress.db-journal"]);
});

test("one that waits is served as soon as the holder leaves", { timeout: 180_000 }, async () => {
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
  expect(performance.now() - begin).toBeLessThan(1000);
  await holder.hear("committed");
  await db.close();
});
