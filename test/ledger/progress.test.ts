import { expect, test } from "vitest";
import { testWith } from "../helpers.ts";
import { manualClock, native, newDb } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");

test("an empty ledger has zeros, and was never updated", async () => {
  const db = await newDb();
  expect(await db.getProgress()).toEqual({
    total: 0,
    byStatus: { pending: 0, claimed: 0, in_progress: 0, done: 0, failed: 0 },
    steps: { total: 0, done: 0 },
    openGates: 0,
    stale: 0,
    rate: { done: 0, failed: 0, windowMinutes: 15 },
    updatedAt: null,
  });
});

test("progress counts statuses, steps, open gates, stale claims and recent rates", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  const gates = [{ key: "k", description: "d" }, { key: "l", description: "d" }, { key: "o", description: "d", required: false }];
  await db.seedTasks([6, 5, 4, 3, 2, 1].map((priority) => ({
    id: `t${priority}`, goal: "g", priority, steps: [{ title: "a" }, { title: "b" }], ...(priority === 6 ? {} : { sop_items: gates }),
  })));
  const [t6, t5, t4, t3] = await db.claimTasks({ workerId: "w", limit: 4 });
  await db.completeStep(t6!, 1, { evidence: "e" });
  await db.skipStep(t6!, 2);
  await db.completeTask(t6!);
  await db.failTask(t5!, { error: "e" });
  await db.checkOffSopItem(t4!, "k");
  await db.startTask(t4!);
  clock.advance(14);
  await db.heartbeat(t4!);
  clock.advance(1);
  expect(await db.getProgress()).toMatchObject({ rate: { done: 1 / 15, failed: 1 / 15 } });
  clock.advance(1);
  expect(await db.getProgress()).toEqual({
    total: 6,
    byStatus: { pending: 2, claimed: 1, in_progress: 1, done: 1, failed: 1 },
    steps: { total: 12, done: 1 },
    openGates: 1 + 2 + 2 + 2,
    stale: 1,
    rate: { done: 0, failed: 0, windowMinutes: 15 },
    updatedAt: "2026-05-01T09:14:00+00:00",
  });
  expect((await db.listTasks({ staleAfterMinutes: 15 })).map((task) => task.id)).toEqual([t3!.id]);
});

testWithSqlite3("updatedAt is the latest instant, whichever of the two formats it has", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "iso", goal: "g" }, { id: "sql", goal: "g" }]);
  native(db.path, "UPDATE tasks SET updated_at = '2026-05-01T09:00:00+00:00' WHERE id = 'iso'");
  native(db.path, "UPDATE tasks SET updated_at = '2026-05-01 10:00:00' WHERE id = 'sql'");
  expect((await db.getProgress()).updatedAt).toBe("2026-05-01T10:00:00+00:00");
  native(db.path, "UPDATE tasks SET updated_at = '2026-05-01T11:00:00+00:00' WHERE id = 'iso'");
  expect((await db.getProgress()).updatedAt).toBe("2026-05-01T11:00:00+00:00");
});

testWithSqlite3("a task finished natively just past midnight counts towards the rate", async () => {
  const clock = manualClock("2026-05-02T00:05:00Z");
  const db = await newDb({ clock });
  await db.seedTasks([{ id: "iso", goal: "g" }, { id: "sql", goal: "g" }, { id: "old", goal: "g" }]);
  native(db.path, "UPDATE tasks SET status='done', completed_at='2026-05-01T23:55:00+00:00', updated_at='2026-05-01T23:55:00+00:00'");
  native(db.path, "UPDATE tasks SET completed_at='2026-05-01 23:55:00', updated_at='2026-05-01 23:55:00' WHERE id='sql'");
  native(db.path, "UPDATE tasks SET completed_at='2026-05-01T23:45:00+00:00' WHERE id='old'");
  expect((await db.getProgress()).rate.done).toBe(2 / 15);
});

testWithSqlite3("a status that is none of ours is counted in the total", async () => {
  const db = await newDb();
  await db.seedTasks([{ goal: "g" }]);
  native(db.path, "UPDATE tasks SET status='blocked'");
  expect(await db.getProgress()).toMatchObject({ total: 1, byStatus: { pending: 0 } });
});
