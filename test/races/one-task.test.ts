import { type Claim, ensureProgressDb, openProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { Actor } from "../processes/actor.ts";
import { cases } from "../proof.ts";

const ROUNDS = cases(40, 500);

for (const count of [2, 16]) {
  testWith("sqlite3")(`${count} processes claim the same task, ${ROUNDS} times: one gets it`, { timeout: 60_000 + ROUNDS * 2000 }, async () => {
    const folder = tempDir();
    const dbPath = await ensureProgressDb(folder);
    const queen = await openProgressDb(dbPath, { durability: "process", timeoutMs: 20_000 });
    const workers = await Promise.all(Array.from({ length: count }, () => Actor.start(folder)));
    await Promise.all(workers.map((worker) => worker.ask("open", [dbPath, { durability: "process" }])));
    const wins = workers.map(() => 0);
    for (let round = 0; round < ROUNDS; round++) {
      const id = await queen.enqueueTask("wanted by all");
      const order = workers.map((_, index) => index).toSorted(() => Math.random() - 0.5);
      // By name, and as the next one: there is no other.
      const claims = await Promise.all(order.map((index) =>
        workers[index]!.ask<Claim | null>("claimTask", [{ workerId: `w${index}`, ...(round % 2 === 0 ? { taskId: id } : {}) }])));
      const won = claims.filter((claim) => claim !== null);
      expect(won.map((claim) => claim.id), `round ${round}`).toEqual([id]);
      expect(await queen.getTask(id)).toMatchObject({ status: "claimed", worker_id: won[0]!.worker_id, claim_token: won[0]!.claim_token });
      wins[Number(won[0]!.worker_id.slice(1))]!++;
    }
    await Promise.all(workers.map((worker) => worker.ask("close")));
    await queen.close();
    expect(sqlite3(dbPath, "SELECT count(*), count(DISTINCT claim_token) FROM tasks WHERE status = 'claimed'; PRAGMA integrity_check")).toBe(`${ROUNDS}|${ROUNDS}\nok`);
    process.stdout.write(`one task, ${count} claimers, ${ROUNDS} rounds: won by ${wins.join(" ")}\n`);
    expect(wins.filter((each) => each > 0).length).toBeGreaterThan(count / 2);
  });
}
