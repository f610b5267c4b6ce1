import type { Claim, ProgressDb } from "hive-progress-db";
import { expect, test } from "vitest";
import { codeOf, failure, manualClock, newDb } from "../colony-kit.ts";

const clock = manualClock();

async function claimed(): Promise<{ db: ProgressDb; claim: Claim }> {
  const db = await newDb({ clock });
  await db.seedTasks([
    { id: "a", goal: "g", priority: 1, steps: [{ title: "one" }, { title: "two" }, { title: "ten", seq: 10 }, { title: "minus", seq: -1 }] },
    { id: "b", goal: "g", steps: [{ title: "other" }, { title: "only here", seq: 77 }] },
  ]);
  return { db, claim: (await db.claimTask({ workerId: "w" }))! };
}

test("a step goes from pending to in progress to done, with worker, times and evidence", async () => {
  const { db, claim } = await claimed();
  await db.startStep(claim, 1);
  expect((await db.getTask("a")).steps[1]).toMatchObject({ seq: 1, status: "in_progress", worker_id: "w", started_at: "2026-05-01 09:00:00", completed_at: null });
  clock.advance(1);
  await db.completeStep(claim, 1, { evidence: "42 rows" });
  expect((await db.getTask("a")).steps[1]).toMatchObject({
    status: "done", evidence: "42 rows", started_at: "2026-05-01 09:00:00", completed_at: "2026-05-01 09:01:00",
  });
});

test("a step is named by its seq or by its id, within the claimed task only", async () => {
  const { db, claim } = await claimed();
  await db.completeStep(claim, -1, { evidence: "" });
  await db.completeStep(claim, claim.steps.find((step) => step.seq === 10)!.id, { evidence: "by id" });
  expect((await db.getTask("a")).steps.map((step) => [step.seq, step.status])).toEqual([[-1, "done"], [1, "pending"], [2, "pending"], [10, "done"]]);

  const foreign = (await db.getTask("b")).steps[0]!.id;
  for (const ref of [77, foreign, "1", "nothing", 0]) {
    const error = await failure(db.startStep(claim, ref));
    expect(error).toMatchObject({ code: "NOT_FOUND", details: { id: "a", step: ref } });
    expect(error.hint).toContain("-1, 1, 2, 10");
  }
  expect((await db.getTask("b")).steps.every((step) => step.status === "pending")).toBe(true);
});

test("a task without steps says so", async () => {
  const db = await newDb();
  await db.seedTasks([{ goal: "g" }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  expect((await failure(db.startStep(claim, 1))).hint).toContain("no steps");
});

test("what is done or skipped stays so", async () => {
  const { db, claim } = await claimed();
  await db.completeStep(claim, 1, { evidence: "first" });
  await db.skipStep(claim, 2, { evidence: "not needed" });
  for (const seq of [1, 2]) {
    for (const verb of [
      () => db.startStep(claim, seq), () => db.completeStep(claim, seq, { evidence: "second" }), () => db.failStep(claim, seq), () => db.skipStep(claim, seq),
    ]) expect(await codeOf(verb())).toBe("INVALID_INPUT");
  }
  expect((await db.getTask("a")).steps.map((step) => [step.status, step.evidence]).slice(1, 3)).toEqual([["done", "first"], ["skipped", "not needed"]]);
});

test("a failed step keeps its evidence and can be started again", async () => {
  const { db, claim } = await claimed();
  await db.failStep(claim, 1, { evidence: "timed out" });
  expect((await db.getTask("a")).steps[1]).toMatchObject({ status: "failed", evidence: "timed out" });
  await db.failStep(claim, 1);
  expect((await db.getTask("a")).steps[1]!.evidence).toBe("timed out");
  await db.startStep(claim, 1);
  expect((await db.getTask("a")).steps[1]).toMatchObject({ status: "in_progress", completed_at: null });
  await db.completeStep(claim, 1, { evidence: "then it worked" });
  expect((await db.getTask("a")).steps[1]).toMatchObject({ status: "done", evidence: "then it worked" });
});

test("steps survive the claim: the next worker goes on where the last one stopped", async () => {
  const { db, claim } = await claimed();
  await db.completeStep(claim, 1, { evidence: "e" });
  await db.releaseTask(claim);
  const next = (await db.claimTask({ workerId: "next" }))!;
  expect(next.steps.map((step) => step.status)).toEqual(["pending", "done", "pending", "pending"]);
  await db.completeStep(next, 2, { evidence: "e" });
  expect((await db.getTask("a")).steps.map((step) => step.worker_id)).toEqual([null, "w", "next", null]);
});
