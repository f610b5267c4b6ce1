import { type Claim, ensureProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { Actor } from "../processes/actor.ts";
import { cases } from "../proof.ts";

const PRODUCERS = 4;
const WORKERS = 6;
const EACH = cases(75, 750);

testWith("sqlite3")(`${PRODUCERS} producers and ${WORKERS} workers together: each task is done once`, { timeout: 60_000 + EACH * 1000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const start = (count: number): Promise<Actor[]> => Promise.all(Array.from({ length: count }, async () => {
    const actor = await Actor.start(folder);
    await actor.ask("open", [dbPath]);
    return actor;
  }));
  const [producers, workers] = await Promise.all([start(PRODUCERS), start(WORKERS)]);
  let isOver = false;
  let doneSoFar = 0;

  const produce = async (producer: Actor): Promise<string[]> => {
    const ids: string[] = [];
    while (ids.length < EACH) { // Five at a time, and one by one.
      ids.push(...await producer.ask<string[]>("seedTasks", [Array.from({ length: 5 }, () => ({ goal: "seeded", steps: [{ title: "one" }] }))]));
      ids.push(...await Promise.all(Array.from({ length: 10 }, () => producer.ask<string>("enqueueTask", ["enqueued"]))));
    }
    return ids;
  };
  const work = async (worker: Actor, name: string): Promise<string[]> => {
    const done: string[] = [];
    for (;;) {
      const wasOver = isOver;
      const claim = await worker.ask<Claim | null>("claimTask", [{ workerId: name }]);
      if (claim === null && wasOver) return done;
      if (claim === null) continue;
      if (claim.steps.length > 0) await worker.ask("completeStep", [claim, 1, { evidence: name }]);
      await worker.ask("completeTask", [claim]);
      done.push(claim.id);
      doneSoFar++;
    }
  };

  const working = workers.map((worker, index) => work(worker, `w${index}`));
  const produced = (await Promise.all(producers.map(produce))).flat();
  isOver = true;
  const doneMeanwhile = doneSoFar;
  const done = await Promise.all(working);
  expect(produced).toHaveLength(PRODUCERS * EACH);
  expect(done.flat().toSorted()).toEqual(produced.toSorted());
  expect(sqlite3(dbPath, "SELECT status, count(*), max(retry_count) FROM tasks GROUP BY status")).toBe(`done|${produced.length}|0`);
  expect(sqlite3(dbPath, "SELECT count(*) FROM steps JOIN tasks ON tasks.id = task_id WHERE steps.status <> 'done' OR steps.worker_id <> tasks.worker_id")).toBe("0");
  expect(sqlite3(dbPath, "PRAGMA integrity_check")).toBe("ok");
  process.stdout.write(`${produced.length} tasks by ${PRODUCERS} producers, done by ${done.map((each) => each.length).join(" ")}; ${doneMeanwhile} of them meanwhile\n`);
  // They were at it together.
  expect(Math.min(...done.map((each) => each.length))).toBeGreaterThan(0);
  expect(doneMeanwhile).toBeGreaterThan(WORKERS);
});
