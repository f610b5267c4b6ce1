import { setTimeout as sleep } from "node:timers/promises";
import { ensureProgressDb, seedTasks } from "hive-progress-db";
import { expect } from "vitest";
import { Acknowledged } from "../crash/acknowledged.ts";
import { expectQuick, expectSound, holderOf, leftBehind, recover, stopHolding } from "../crash/recovery.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { type Runtime, startOn } from "../processes/program.ts";
import { cases } from "../proof.ts";

/** The core of the proof on Node, Deno and Bun together. */

const RUNTIMES: readonly Runtime[] = ["node", "deno", "bun"];
const OF_EACH = cases(2, 6);
const FLEET = RUNTIMES.flatMap((runtime) => Array.from({ length: OF_EACH }, (_, index) => ({ runtime, name: `${runtime}-${index}` })));

testWith("deno", "bun", "sqlite3")(`${FLEET.length} writers on three runtimes: all that was acknowledged is there`, { timeout: 300_000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const writers = FLEET.map(({ runtime, name }) => startOn(runtime, folder, "writer", dbPath, name));
  await Promise.all(writers.map((writer) => writer.hear("ready")));
  for (const writer of writers) writer.say("go");
  const acknowledged = (await Promise.all(writers.map((writer) => writer.rest()))).flat();
  expect(acknowledged).toHaveLength(FLEET.length * 50);
  expect(new Set(sqlite3(dbPath, "SELECT id FROM tasks").split("\n"))).toEqual(new Set(acknowledged));
  expectSound(dbPath);
  const rows = sqlite3(dbPath, "SELECT substr(goal, 1, instr(goal, '-') - 1) FROM tasks ORDER BY rowid").split("\n");
  const changes = rows.filter((runtime, index) => index > 0 && runtime !== rows[index - 1]).length;
  process.stdout.write(`${FLEET.length} writers on three runtimes: changes of runtime ${changes}\n`);
  expect(changes).toBeGreaterThan(FLEET.length);
});

testWith("deno", "bun", "sqlite3")("workers on three runtimes claim each task once", { timeout: 300_000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const ids = await seedTasks(dbPath, Array.from({ length: 100 * OF_EACH }, (_, seq) => ({ goal: "wanted", seq })));
  const workers = FLEET.map(({ runtime, name }) => startOn(runtime, folder, "claimer", dbPath, name));
  await Promise.all(workers.map((worker) => worker.hear("ready")));
  for (const worker of workers) worker.say("go");
  const claimed = await Promise.all(workers.map((worker) => worker.rest()));
  expect(claimed.flat().toSorted()).toEqual(ids.toSorted());
  expect(Math.min(...claimed.map((each) => each.length))).toBeGreaterThan(0);
  expectSound(dbPath);
});

const KILLS = cases(4, 40);

for (const runtime of ["deno", "bun"] as const) {
  testWith(runtime, "sqlite3")(`a writer on ${runtime} killed with the lock, ${KILLS} times, loses nothing it acknowledged and holds nobody up`, { timeout: 60_000 + KILLS * 5000 }, async () => {
    const folder = tempDir();
    const dbPath = await ensureProgressDb(folder);
    await seedTasks(dbPath, Array.from({ length: 100 }, () => ({ goal: "ballast", payload: " ".repeat(3500) })), { source: "ballast" });
    sqlite3(dbPath, "UPDATE tasks SET status = 'done'");
    const acknowledged = new Acknowledged();
    const left = { lock: 0, journal: 0 };
    const recoveries: number[] = [];
    for (let round = 0; round < KILLS; round++) {
      const writer = startOn(runtime, folder, "crash-writer", dbPath, `w${round}`);
      await writer.hear("ready");
      writer.say("go");
      await writer.saidMoreThan(1); // It is at work.
      await sleep(Math.random() * 50);
      await stopHolding(writer, dbPath);
      if (holderOf(dbPath) === writer.pid) left.lock++;
      if (leftBehind(dbPath).journal) left.journal++;
      writer.kill("SIGKILL");
      await writer.ended;
      acknowledged.add(writer.said);
      recoveries.push(await recover(dbPath));
      expectSound(dbPath);
      acknowledged.expectAllIn(dbPath);
    }
    process.stdout.write(`${KILLS} kills on ${runtime}: left a lock ${left.lock}, a journal ${left.journal}; acknowledged ${acknowledged.size}; ${expectQuick(recoveries)}\n`);
    expect(left.lock).toBeGreaterThan(KILLS / 2);
    expect(left.journal).toBeGreaterThan(0);
  });
}
