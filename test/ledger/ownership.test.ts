import type { Claim, ProgressDb } from "hive-progress-db";
import { expect, test } from "vitest";
import { failure, manualClock, newDb, sha256 } from "../colony-kit.ts";

const VERBS: Record<string, (db: ProgressDb, claim: Claim) => Promise<unknown>> = {
  startTask: (db, claim) => db.startTask(claim),
  heartbeat: (db, claim) => db.heartbeat(claim),
  completeTask: (db, claim) => db.completeTask(claim),
  failTask: (db, claim) => db.failTask(claim, { error: "e" }),
  "failTask with retry": (db, claim) => db.failTask(claim, { error: "e", retry: true }),
  releaseTask: (db, claim) => db.releaseTask(claim),
  startStep: (db, claim) => db.startStep(claim, 1),
  completeStep: (db, claim) => db.completeStep(claim, 1, { evidence: "e" }),
  failStep: (db, claim) => db.failStep(claim, 1, { evidence: "e" }),
  skipStep: (db, claim) => db.skipStep(claim, 1),
  checkOffSopItem: (db, claim) => db.checkOffSopItem(claim, "k", { note: "n" }),
};

const clock = manualClock();
const LOSSES: Record<string, (db: ProgressDb, claim: Claim) => Promise<unknown>> = {
  "was reclaimed": async (db) => {
    clock.advance(16);
    await db.reclaimStale();
  },
  "was reclaimed and claimed by another": async (db) => {
    clock.advance(16);
    await db.reclaimStale();
    await db.claimTask({ workerId: "another" });
  },
  "was released": (db, claim) => db.releaseTask(claim),
  "was completed": (db, claim) => db.completeTask(claim),
  "was failed": (db, claim) => db.failTask(claim, { error: "e" }),
  "was given another token": (db) => db.transaction((sql) => sql.run("UPDATE tasks SET claim_token = 'other'")),
};

test.for(Object.keys(LOSSES))("when the claim %s, every verb throws CLAIM_LOST and nothing is written", async (loss) => {
  for (const [name, verb] of Object.entries(VERBS)) {
    const db = await newDb({ clock });
    await db.seedTasks([{ id: "a", goal: "g", steps: [{ title: "t" }], sop_items: [{ key: "k", description: "d", required: false }] }]);
    const claim = (await db.claimTask({ workerId: "w" }))!;
    await LOSSES[loss]!(db, claim);

    const before = sha256(db.path);
    const error = await failure(verb(db, claim));
    expect([name, error.code, error.details["id"]]).toEqual([name, "CLAIM_LOST", "a"]);
    expect(sha256(db.path)).toBe(before);
  }
});

test("the error says what became of the task", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const claim = (await db.claimTask({ workerId: "slow" }))!;
  await db.releaseTask(claim);
  await db.claimTask({ workerId: "quick" });
  const error = await failure(db.completeTask(claim));
  expect(error.details).toEqual({ id: "a", status: "claimed", workerId: "quick" });
  expect(error.message).toContain("quick");
});

test("a claim on a task that is gone is NOT_FOUND", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  await db.transaction((sql) => sql.run("DELETE FROM tasks"));
  expect((await failure(db.heartbeat(claim))).code).toBe("NOT_FOUND");
});

test("another task's token proves nothing", async () => {
  const db = await newDb();
  await db.seedTasks([{ goal: "g" }, { goal: "g" }]);
  const [a, b] = await db.claimTasks({ workerId: "w", limit: 2 });
  expect((await failure(db.completeTask({ id: a!.id, claim_token: b!.claim_token }))).code).toBe("CLAIM_LOST");
});
