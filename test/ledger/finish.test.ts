import { expect, test } from "vitest";
import { manualClock, newDb } from "../colony-kit.ts";

const FREE = { worker_id: null, claim_token: null, claimed_at: null, started_at: null };

test("a task is started once: its first start counts", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  await db.startTask(claim);
  clock.advance(3);
  await db.startTask(claim);
  expect(await db.getTask("a")).toMatchObject({ status: "in_progress", started_at: "2026-05-01 09:00:00", claimed_at: "2026-05-01 09:03:00" });
});

test("a failed task is closed with its error", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  await db.seedTasks([{ id: "a", goal: "g" }]);
  expect(await db.failTask((await db.claimTask({ workerId: "w" }))!, { error: "boom" })).toBe("failed");
  expect(await db.getTask("a")).toMatchObject({
    status: "failed", last_error: "boom", retry_count: 0, completed_at: "2026-05-01 09:00:00", updated_at: "2026-05-01 09:00:00", worker_id: "w",
  });
  expect(await db.claimTask({ workerId: "w" })).toBeNull();
});

test("with retry a task is given back until its retries are spent", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g", max_retries: 2 }]);
  for (const [status, retries] of [["pending", 1], ["pending", 2], ["failed", 2]] as const) {
    const claim = (await db.claimTask({ workerId: "w" }))!;
    await db.startTask(claim);
    expect(await db.failTask(claim, { error: `try ${retries}`, retry: true })).toBe(status);
    expect(await db.getTask("a")).toMatchObject({ status, retry_count: retries, last_error: `try ${retries}`, ...(status === "pending" ? FREE : {}) });
  }
});

test("a task that allows no retries fails at once", async () => {
  const db = await newDb();
  await db.seedTasks([{ goal: "g", max_retries: 0 }]);
  expect(await db.failTask((await db.claimTask({ workerId: "w" }))!, { error: "e", retry: true })).toBe("failed");
});

test("a released task is as it was before the claim: no retry is spent", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const before = await db.getTask("a");
  const claim = (await db.claimTask({ workerId: "w" }))!;
  await db.startTask(claim);
  await db.releaseTask(claim);
  expect({ ...(await db.getTask("a")), updated_at: before.updated_at }).toEqual(before);
});
