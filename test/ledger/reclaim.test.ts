import { expect, test } from "vitest";
import { manualClock, newDb } from "../colony-kit.ts";

test("a claim is stale after more than 15 minutes, to the second", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  await db.startTask(claim);
  clock.advance(15);
  expect(await db.reclaimStale()).toBe(0);
  clock.advance(1 / 60);
  expect((await db.listTasks({ staleAfterMinutes: 15 })).map((task) => task.id)).toEqual(["a"]);
  expect(await db.reclaimStale()).toBe(1);
  expect(await db.getTask("a")).toMatchObject({
    status: "pending", retry_count: 1, worker_id: null, claim_token: null, claimed_at: null, started_at: null, updated_at: "2026-05-01 09:15:01",
  });
  expect(await db.reclaimStale()).toBe(0);
});

test("a heartbeat, and every other verb of the worker's, keeps the claim", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  await db.seedTasks([{ id: "a", goal: "g", steps: [{ title: "t" }], sop_items: [{ key: "k", description: "d" }] }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  for (const sign of [
    () => db.heartbeat(claim), () => db.startTask(claim), () => db.startStep(claim, 1),
    () => db.completeStep(claim, 1, { evidence: "e" }), () => db.checkOffSopItem(claim, "k"), () => db.heartbeat(claim),
  ]) {
    clock.advance(14);
    await sign();
    expect(await db.reclaimStale()).toBe(0);
  }
  await db.completeTask(claim);
  expect((await db.getTask("a")).retry_count).toBe(0);
});

test("a task whose retries are spent fails instead, and is not counted", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  await db.seedTasks([{ id: "a", goal: "g", max_retries: 1 }]);
  for (const [status, count] of [["pending", 1], ["failed", 0]] as const) {
    await db.claimTask({ workerId: "w" });
    clock.advance(20);
    expect(await db.reclaimStale()).toBe(count);
    expect((await db.getTask("a")).status).toBe(status);
  }
  expect(await db.getTask("a")).toMatchObject({
    retry_count: 1, last_error: "exceeded max_retries after stale claim", completed_at: "2026-05-01 09:40:00", updated_at: "2026-05-01 09:40:00",
  });
});

test("minutes may be 0, a fraction, or a month", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  await db.seedTasks([{ goal: "g" }]);
  await db.claimTask({ workerId: "w" });
  expect(await db.reclaimStale(0)).toBe(0);
  clock.advance(1);
  expect(await db.reclaimStale(1.5)).toBe(0);
  expect(await db.reclaimStale(60 * 24 * 30)).toBe(0);
  expect(await db.reclaimStale(0.5)).toBe(1);
});
