import { type Claim, ensureProgressDb, openProgressDb, type ProgressDb, type TaskRow } from "hive-progress-db";
import { describe, expect, onTestFinished, test } from "vitest";
import { tempDir } from "../helpers.ts";
import { Actor, type Outcome } from "../processes/actor.ts";
import { untilInLine } from "../processes/line.ts";
import { cases } from "../proof.ts";

const CLAIMED_AT = Date.parse("2026-05-01T09:00:00Z");
/** 20 minutes later: the claim is stale. */
const NOW = CLAIMED_AT + 20 * 60_000;

interface Race {
  readonly first: string;
  readonly second: string;
  readonly maxRetries: number;
  /** What each is told, and what the task is in the end. */
  readonly told: readonly [unknown, unknown];
  readonly ends: Partial<TaskRow>;
}

const LIVE = { status: "claimed", retry_count: 0, claimed_at: "2026-05-01 09:20:00" } as const;
const GIVEN_BACK = { status: "pending", retry_count: 1, claim_token: null } as const;
const DONE = { status: "done", retry_count: 0 } as const;
const FAILED = { status: "failed", last_error: "exceeded max_retries after stale claim" } as const;

/** Which way each ends is settled by who has the lock first. */
const RACES: readonly Race[] = [
  { first: "heartbeat", second: "reclaimStale", maxRetries: 3, told: [null, 0], ends: LIVE },
  { first: "reclaimStale", second: "heartbeat", maxRetries: 3, told: [1, "CLAIM_LOST"], ends: GIVEN_BACK },
  { first: "completeTask", second: "reclaimStale", maxRetries: 3, told: [null, 0], ends: DONE },
  { first: "reclaimStale", second: "completeTask", maxRetries: 3, told: [1, "CLAIM_LOST"], ends: GIVEN_BACK },
  { first: "heartbeat", second: "reclaimStale", maxRetries: 0, told: [null, 0], ends: LIVE },
  { first: "reclaimStale", second: "heartbeat", maxRetries: 0, told: [0, "CLAIM_LOST"], ends: FAILED },
  { first: "completeTask", second: "reclaimStale", maxRetries: 0, told: [null, 0], ends: DONE },
  { first: "reclaimStale", second: "completeTask", maxRetries: 0, told: [0, "CLAIM_LOST"], ends: FAILED },
];

async function fleet(): Promise<{ dbPath: string; db: ProgressDb; worker: Actor; queen: Actor }> {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const [worker, queen] = await Promise.all([Actor.start(folder), Actor.start(folder)]);
  await Promise.all([worker, queen].map((actor) => actor.ask("open", [dbPath, { durability: "process" }])));
  const db = await openProgressDb(dbPath, { timeoutMs: 20_000 });
  onTestFinished(() => db.close());
  return { dbPath, db, worker, queen };
}

async function staleClaim(db: ProgressDb, worker: Actor, maxRetries: number): Promise<Claim> {
  const id = await db.enqueueTask("contested", { max_retries: maxRetries });
  return worker.ask<Claim>("claimTask", [{ workerId: "w", taskId: id }], { now: CLAIMED_AT });
}

const tellingOf = ({ value, error }: Outcome): unknown => error?.code ?? value ?? null;

describe("a stale claim, with the winner settled", () => {
  for (const { first, second, maxRetries, told, ends } of RACES) {
    test(`${first} before ${second}, ${maxRetries} retries left`, async () => {
      const { dbPath, db, worker, queen } = await fleet();
      const claim = await staleClaim(db, worker, maxRetries);
      const actorOf = (verb: string): Actor => (verb === "reclaimStale" ? queen : worker);
      const argumentsOf = (verb: string): unknown[] => (verb === "reclaimStale" ? [] : [claim]);

      // The first stands still with the lock in its hands until the second waits for it.
      const stopped = actorOf(first).stopped();
      const one = actorOf(first).tell(first, argumentsOf(first), { now: NOW, stopAt: { call: "link lock", when: "after" } });
      await stopped;
      const two = actorOf(second).tell(second, argumentsOf(second), { now: NOW });
      await untilInLine(dbPath, actorOf(second).program.pid);
      await actorOf(first).wake();
      expect([tellingOf(await one), tellingOf(await two)]).toEqual(told);
      expect(await db.getTask(claim.id)).toMatchObject(ends);
    });
  }
});

const ROUNDS = cases(60, 500);

for (const verb of ["heartbeat", "completeTask"]) {
  test(`a stale claim, ${verb} and reclaim at once, ${ROUNDS} times: one of them has it`, { timeout: 30_000 + ROUNDS * 1000 }, async () => {
    const { db, worker, queen } = await fleet();
    const won = { worker: 0, queen: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const claim = await staleClaim(db, worker, 3);
      const tells = [
        (): Promise<Outcome> => worker.tell(verb, [claim], { now: NOW }),
        (): Promise<Outcome> => queen.tell("reclaimStale", [], { now: NOW }),
      ];
      if (round % 2 === 1) tells.reverse();
      const outcomes = (await Promise.all(tells.map((tell) => tell()))).map(tellingOf);
      if (round % 2 === 1) outcomes.reverse();
      const task = await db.getTask(claim.id);
      if (outcomes[0] === null) {
        won.worker++;
        expect([outcomes, task.status, task.retry_count]).toEqual([[null, 0], verb === "heartbeat" ? "claimed" : "done", 0]);
        if (verb === "heartbeat") await worker.ask("completeTask", [claim]);
      } else {
        won.queen++;
        expect([outcomes, task.status, task.retry_count]).toEqual([["CLAIM_LOST", 1], "pending", 1]);
      }
    }
    process.stdout.write(`${verb} against reclaim, ${ROUNDS} rounds: ${JSON.stringify(won)}\n`);
    expect(Math.min(won.worker, won.queen)).toBeGreaterThan(0);
  });
}
