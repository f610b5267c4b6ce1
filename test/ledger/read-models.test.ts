import { describe, expect, test } from "vitest";
import { testWith } from "../helpers.ts";
import { codeOf, failure, manualClock, native, newDb } from "../colony-kit.ts";

describe("workers", () => {
  test("what each has in hand, has done, when it was last seen, how long it takes", async () => {
    const clock = manualClock();
    const db = await newDb({ clock });
    await db.seedTasks("abcdef".split("").map((id) => ({ id, goal: `goal ${id}`, steps: [{ title: "s" }] })));
    for (const [id, minutes] of [["a", 1], ["b", 3], ["c", 9]] as const) {
      const claim = (await db.claimTask({ workerId: "w1", taskId: id }))!;
      await db.startTask(claim);
      clock.advance(minutes);
      if (id === "c") await db.failTask(claim, { error: "e" });
      else await db.completeTask(claim);
    }
    await db.claimTask({ workerId: "w2", taskId: "d" });
    clock.advance(16);
    await db.claimTask({ workerId: "w2", taskId: "e" });
    // A worker whose claim was taken back has left its trace in the task's steps.
    const lost = (await db.claimTask({ workerId: "w0", taskId: "f" }))!;
    await db.startStep(lost, 1);
    clock.advance(20);
    await db.reclaimStale(18);
    expect(await db.getWorkers()).toEqual([
      { workerId: "w0", inHand: 0, tasks: [], done: 0, failed: 0, lastSeen: "2026-05-01T09:29:00+00:00", isStale: false, medianSeconds: null },
      { workerId: "w1", inHand: 0, tasks: [], done: 2, failed: 1, lastSeen: "2026-05-01T09:13:00+00:00", isStale: false, medianSeconds: 120 },
    ]);
    await db.claimTask({ workerId: "w2", taskId: "d" });
    clock.advance(16);
    const [, , w2] = await db.getWorkers();
    expect(w2).toMatchObject({ workerId: "w2", inHand: 1, isStale: true, tasks: [{ id: "d", goal: "goal d", secondsSinceHeartbeat: 960, isStale: true }] });
  });
});

describe("throughput and ETA", () => {
  testWith("sqlite3")("tasks finished per stretch, whichever of the two formats their times have", async () => {
    const clock = manualClock("2026-05-02T00:10:00Z");
    const db = await newDb({ clock });
    await db.seedTasks("abcdef".split("").map((id) => ({ id, goal: "g" })));
    native(db.path, `
      UPDATE tasks SET status = 'done', completed_at = '2026-05-02 00:09:30', updated_at = '2026-05-02 00:09:30' WHERE id = 'a';
      UPDATE tasks SET status = 'done', completed_at = '2026-05-01T23:45:00+00:00', updated_at = '2026-05-01T23:45:00+00:00' WHERE id = 'b';
      UPDATE tasks SET status = 'failed', completed_at = '2026-05-01 23:45:10', updated_at = '2026-05-01 23:45:10' WHERE id = 'c';
      UPDATE tasks SET status = 'done', completed_at = '2026-05-01 22:00:00', updated_at = '2026-05-01 22:00:00' WHERE id = 'd'`);
    const { bucketMinutes, buckets } = await db.getThroughput({ windowMinutes: 30, buckets: 3 });
    expect(bucketMinutes).toBe(10);
    expect(buckets.map(({ done, failed }) => [done, failed])).toEqual([[1, 1], [0, 0], [1, 0]]);
    expect(buckets[0]!.start).toBe("2026-05-01T23:40:01+00:00");
    const past = await db.getThroughput({ windowMinutes: 60, buckets: 1, until: "2026-05-01 22:30:00" });
    expect(past.buckets).toMatchObject([{ done: 1, failed: 0 }]);
    expect((await failure(db.getThroughput({ until: "soon" }))).details).toMatchObject({ place: "options.until" });
  });

  test("the ETA is taken from the shortest window in which enough was finished, and says which", async () => {
    const clock = manualClock();
    const db = await newDb({ clock });
    await db.seedTasks(Array.from({ length: 40 }, (_, n) => ({ id: `t${n}`, goal: "g" })));
    expect(await db.getEta()).toMatchObject({ remaining: 40, finished: 0, perMinute: 0, secondsLeft: null, emptyAt: null, windowMinutes: 1440 });
    clock.advance(120);
    for (let n = 0; n < 20; n++) {
      await db.completeTask((await db.claimTask({ workerId: "w" }))!);
      clock.advance(0.5);
    }
    // Two a minute: ten in the last five minutes.
    expect(await db.getEta()).toEqual({
      remaining: 20, finished: 10, windowMinutes: 5, perMinute: 2, secondsLeft: 600, emptyAt: "2026-05-01T11:20:00+00:00",
    });
    clock.advance(30);
    expect(await db.getEta()).toMatchObject({ finished: 20, windowMinutes: 60, perMinute: 20 / 60, secondsLeft: 3600 });
  });

  test("work that began just now is not measured against time before it", async () => {
    const clock = manualClock();
    const db = await newDb({ clock });
    await db.seedTasks(Array.from({ length: 30 }, (_, n) => ({ id: `t${n}`, goal: "g" })));
    for (let n = 0; n < 10; n++) {
      const claim = (await db.claimTask({ workerId: "w" }))!;
      await db.startTask(claim);
      clock.advance(0.1);
      await db.completeTask(claim);
    }
    expect(await db.getEta()).toMatchObject({ finished: 10, windowMinutes: 1, perMinute: 10, secondsLeft: 120 });
  });
});

describe("the tree", () => {
  test("parents before children, with counts of what is below", async () => {
    const db = await newDb();
    await db.seedTasks([
      { id: "root", goal: "g" }, { id: "a", goal: "g", parent_task_id: "root" }, { id: "b", goal: "g", parent_task_id: "root" },
      { id: "a1", goal: "g", parent_task_id: "a" }, { id: "alone", goal: "x".repeat(500) },
    ]);
    await db.completeTask((await db.claimTask({ workerId: "w", taskId: "a1" }))!);
    const { nodes, isCut } = await db.getTree();
    expect(isCut).toBe(false);
    expect(nodes.map(({ id, depth, children, total, rollUp }) => [id, depth, children, total, rollUp])).toEqual([
      ["root", 0, 2, 4, { pending: 3, done: 1 }], ["a", 1, 1, 2, { pending: 1, done: 1 }], ["a1", 2, 0, 1, { done: 1 }], ["b", 1, 0, 1, { pending: 1 }],
      ["alone", 0, 0, 1, { pending: 1 }],
    ]);
    expect(nodes.at(-1)!.goal).toHaveLength(200);
    expect((await db.getTree({ id: "root", depth: 1 })).nodes.map(({ id, total }) => [id, total])).toEqual([["root", 4], ["a", 2], ["b", 1]]);
    expect(await db.getTree({ limit: 2 })).toMatchObject({ isCut: true, nodes: [{ id: "root", total: 4 }, { id: "a" }] });
    expect(await codeOf(db.getTree({ id: "none" }))).toBe("NOT_FOUND");
  });

  testWith("sqlite3")("a missing parent and a circle end in no loop, and every task is shown once", async () => {
    const db = await newDb();
    await db.seedTasks("abcde".split("").map((id) => ({ id, goal: "g" })));
    native(db.path, `PRAGMA foreign_keys = OFF;
      UPDATE tasks SET parent_task_id = CASE id WHEN 'a' THEN 'b' WHEN 'b' THEN 'a' WHEN 'c' THEN 'a' WHEN 'd' THEN 'gone' END WHERE id <> 'e'`);
    const { nodes } = await db.getTree();
    expect(nodes.map(({ id, depth, problem }) => [id, depth, problem])).toEqual([
      ["e", 0, null], ["d", 0, "missing_parent"], ["a", 0, "cycle"], ["b", 1, null], ["c", 1, null],
    ]);
    expect(nodes.find(({ id }) => id === "a")).toMatchObject({ total: 3 });
  });

  test("a chain of 20,000 parents", async () => {
    const db = await newDb();
    await db.transaction((sql) => sql.run(`
      INSERT INTO tasks (id, goal, created_at, updated_at, parent_task_id)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
      SELECT 't' || i, 'g', '', '', CASE WHEN i > 0 THEN 't' || (i - 1) END FROM n`));
    const { nodes } = await db.getTree({ limit: 30_000 });
    expect(nodes).toHaveLength(20_000);
    expect([nodes[0]!.total, nodes.at(-1)!.depth]).toEqual([20_000, 19_999]);
    expect((await db.getHealth()).find(({ id }) => id === "parent_cycle")!.count).toBe(0);
  });
});

describe("finding, counting, listing", () => {
  test("a task by the beginning of its id", async () => {
    const db = await newDb();
    await db.seedTasks(["abc", "abd", "abcd", "z%", "z_"].map((id) => ({ id, goal: "g" })));
    expect(await db.findTaskId("abc")).toBe("abc"); // As it is, though another begins so.
    expect(await db.findTaskId("abd")).toBe("abd");
    expect(await db.findTaskId("abcd")).toBe("abcd");
    expect(await db.findTaskId("z%")).toBe("z%");
    expect((await failure(db.findTaskId("ab"))).details).toMatchObject({ candidates: ["abc", "abcd", "abd"] });
    expect(await codeOf(db.findTaskId("%"))).toBe("NOT_FOUND");
  });

  test("steps, gates and what they block", async () => {
    const db = await newDb();
    const gates = [{ key: "k", description: "old" }, { key: "o", description: "d", required: false }];
    await db.seedTasks([
      { id: "a", goal: "g", steps: [{ title: "1" }, { title: "2" }, { title: "3" }], sop_items: gates },
      { id: "b", goal: "g", sop_items: [{ key: "k", description: "new" }] }, { id: "c", goal: "g" },
    ]);
    const claim = (await db.claimTask({ workerId: "w", taskId: "a" }))!;
    await db.skipStep(claim, 1);
    await db.checkOffSopItem(claim, "o");
    expect(await db.countParts(["c", "a"])).toEqual([
      { steps: 0, stepsEnded: 0, gates: 0, gatesDone: 0, gatesBlocking: 0 }, { steps: 3, stepsEnded: 1, gates: 2, gatesDone: 1, gatesBlocking: 1 },
    ]);
    expect(await db.getGates()).toEqual([
      { key: "k", description: "new", required: 2, done: 0, open: 2, blocking: 1, ids: ["a"] },
      { key: "o", description: "d", required: 0, done: 1, open: 0, blocking: 0, ids: [] },
    ]);
  });

  test("a list by text and in other orders", async () => {
    const db = await newDb();
    await db.seedTasks([
      { id: "a", goal: "Write", priority: 1 }, { id: "b", goal: "Read", priority: 3, payload: { to: "The Mill" } }, { id: "c", goal: "mill about", priority: 3 },
    ]);
    const ids = async (filter: Parameters<typeof db.listTasks>[0]): Promise<string> => (await db.listTasks(filter)).map(({ id }) => id).join("");
    expect(await ids({ text: "MILL" })).toBe("bc");
    expect(await ids({ orderBy: "priority" })).toBe("abc");
    expect(await ids({ orderBy: "priority", descending: true })).toBe("cba");
    expect(await codeOf(db.listTasks({ orderBy: "priority", after: "a" }))).toBe("INVALID_INPUT");
    expect(await codeOf(db.listTasks({ orderBy: "rowid; DROP TABLE tasks" as "seq" }))).toBe("INVALID_INPUT");
  });

  test("seeding tells how far it is", async () => {
    const db = await newDb();
    const told: number[] = [];
    await db.seedTasks(Array.from({ length: 2500 }, () => ({ goal: "g" })), { onProgress: (inserted) => told.push(inserted) });
    expect(told).toEqual([0, 1000, 2000]);
  });

  test("changes() says yes at first, and then when something was written", async () => {
    const db = await newDb();
    const changes = db.changes();
    expect([changes.hasChanged(), changes.hasChanged()]).toEqual([true, false]);
    await db.enqueueTask("g");
    expect([changes.hasChanged(), changes.hasChanged()]).toEqual([true, false]);
    changes.close();
  });
});
