import { openProgressDb } from "hive-progress-db";
import { expect, onTestFinished, test } from "vitest";
import { testWith } from "../helpers.ts";
import { codeOf, failure, manualClock, native, newDb, open } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");

for (const [detail, change] of [["", "SELECT 1"], [", also without its index", "DROP INDEX idx_tasks_claimable"]] as const) {
  testWithSqlite3(`the order is priority, highest first, then seq with none before any, then age${detail}`, async () => {
    const clock = manualClock();
    const db = await newDb({ clock });
    await db.seedTasks([{ id: "young", goal: "g", seq: 1 }]);
    native(db.path, "UPDATE tasks SET created_at = '2026-05-02T00:00:00+00:00'");
    await db.seedTasks([
      { id: "low", goal: "g", priority: -1, seq: -5 },
      { id: "old", goal: "g", seq: 1 },
      { id: "first seq", goal: "g", seq: -2 },
      { id: "no seq", goal: "g" },
      { id: "high", goal: "g", priority: 2, seq: 99 },
    ]);
    native(db.path, change);
    const order: string[] = [];
    for (let claim = await db.claimTask({ workerId: "w" }); claim !== null; claim = await db.claimTask({ workerId: "w" })) order.push(claim.id);
    expect(order).toEqual(["high", "no seq", "first seq", "old", "young", "low"]);
  });
}

test("a claim carries the whole task, and names its worker, its token and the time", async () => {
  const clock = manualClock();
  const db = await newDb({ clock });
  await db.seedTasks([{
    id: "a", goal: "g", payload: { n: 1 }, steps: [{ title: "one" }, { title: "two" }], sop_items: [{ key: "k", description: "d" }],
  }]);
  clock.advance(2);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  expect(claim).toMatchObject({
    id: "a", status: "claimed", worker_id: "w", claimed_at: "2026-05-01 09:02:00", updated_at: "2026-05-01 09:02:00",
    created_at: "2026-05-01T09:00:00+00:00", payload: '{"n":1}', started_at: null,
    steps: [{ seq: 1, title: "one" }, { seq: 2, title: "two" }], sop_items: [{ key: "k" }],
  });
  expect(claim.claim_token).toMatch(/^[0-9a-f-]{36}$/);
  expect(await db.getTask("a")).toEqual(claim);
});

test("every claim has a token of its own, also of the same task by the same worker", async () => {
  const db = await newDb();
  await db.seedTasks([{ goal: "g" }, { goal: "g" }]);
  const [a, b] = await db.claimTasks({ workerId: "w", limit: 2 });
  await db.releaseTask(a!);
  const again = await db.claimTask({ workerId: "w" });
  expect(again!.id).toBe(a!.id);
  expect(new Set([a!.claim_token, b!.claim_token, again!.claim_token]).size).toBe(3);
});

test("nothing to claim is null, and an empty list for a batch", async () => {
  const db = await newDb();
  expect(await db.claimTask({ workerId: "w" })).toBeNull();
  expect(await db.claimTasks({ workerId: "w", limit: 5 })).toEqual([]);
});

test("a task is claimed by id while it is pending, and an unknown id is an error", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g", priority: 9 }, { id: "b", goal: "g" }]);
  const claim = await db.claimTask({ workerId: "w", taskId: "b" });
  expect(claim!.id).toBe("b");
  expect(await db.claimTask({ workerId: "w", taskId: "b" })).toBeNull();
  await db.completeTask(claim!);
  expect(await db.claimTask({ workerId: "w", taskId: "b" })).toBeNull();
  const error = await failure(db.claimTask({ workerId: "w", taskId: "c" }));
  expect(error).toMatchObject({ code: "NOT_FOUND", details: { id: "c" } });
  expect((await db.getTask("a")).status).toBe("pending");
});

test("a batch is claimed in order, up to its limit and to the end of the queue", async () => {
  const db = await newDb();
  await db.seedTasks([1, 2, 3, 4, 5].map((n) => ({ id: `t${n}`, goal: "g", priority: n })));
  expect((await db.claimTasks({ workerId: "w", limit: 2 })).map((claim) => claim.id)).toEqual(["t5", "t4"]);
  expect((await db.claimTasks({ workerId: "w", limit: 100 })).map((claim) => claim.id)).toEqual(["t3", "t2", "t1"]);
});

testWithSqlite3("100 tasks and 20 claimers on handles of their own: each task is claimed once", async () => {
  const db = await newDb();
  await db.seedTasks(Array.from({ length: 100 }, () => ({ goal: "g" })));
  const handles = await Promise.all(Array.from({ length: 20 }, () => open(db.path)));
  const drain = async (at: number): Promise<string[]> => {
    const ids: string[] = [];
    for (;;) {
      const claim = await handles[at]!.claimTask({ workerId: `w${at}` });
      if (claim === null) return ids;
      ids.push(claim.id);
    }
  };
  const byWorker = await Promise.all(handles.map((_, at) => drain(at)));
  expect(new Set(byWorker.flat()).size).toBe(100);
  expect(byWorker.flat()).toHaveLength(100);
  expect(Math.max(...byWorker.map((ids) => ids.length))).toBeLessThan(20);
  for (const [at, ids] of byWorker.entries()) {
    expect(native(db.path, `SELECT count(*) FROM tasks WHERE worker_id = 'w${at}'`)).toBe(String(ids.length));
  }
});

test("a claim outlives the handle it was made with", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const first = await openProgressDb(db.path, { durability: "process" });
  onTestFinished(() => first.close());
  const claim = await first.claimTask({ workerId: "w" });
  await first.close();
  await db.completeTask({ id: claim!.id, claim_token: claim!.claim_token });
  expect((await db.getTask("a")).status).toBe("done");
  expect(await codeOf(db.completeTask(claim!))).toBe("CLAIM_LOST");
});
