import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { failure, newDb } from "../colony-kit.ts";

/** The header's change counter: how many transactions were committed. */
const commits = (path: string): number => readFileSync(path).readUInt32BE(24);

test("what is asked for together is committed together", async () => {
  const db = await newDb();
  const before = commits(db.path);
  const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => db.enqueueTask(`goal ${n}`)));
  expect(commits(db.path) - before).toBeLessThanOrEqual(2);
  expect((await db.listTasks()).map((task) => task.id)).toEqual(ids);
});

test("of many operations at once those that fail are rejected alone, each with its own error", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "taken", goal: "g" }, { id: "gated", goal: "g", priority: 1, sop_items: [{ key: "k", description: "d" }] }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  const mine = new Error("mine");
  const results = await Promise.allSettled([
    db.enqueueTask("one"),
    db.seedTasks([{ id: "half", goal: "g" }, { id: "taken", goal: "again" }]),
    db.completeTask(claim),
    db.enqueueTask("two"),
    db.transaction((sql) => {
      sql.run("DELETE FROM tasks");
      throw mine;
    }),
    db.read((sql) => sql.run("DELETE FROM tasks")),
    db.claimTask({ workerId: "w", taskId: "nobody" }),
    db.seedTasks([{ id: "child", goal: "g", parent_task_id: "taken" }]),
    db.getTask("nobody"),
    db.enqueueTask("three"),
  ]);
  expect(results.map((result) => (result.status === "fulfilled" ? "ok" : (result.reason as { code?: string }).code ?? result.reason))).toEqual([
    "ok", "INVALID_INPUT", "SOP_OPEN", "ok", mine, "READ_ONLY", "NOT_FOUND", "ok", "NOT_FOUND", "ok",
  ]);
  expect((await db.listTasks()).map((task) => task.goal)).toEqual(["g", "g", "one", "two", "g", "three"]);
});

test("operations of one handle take effect in the order in which they were asked for", async () => {
  const db = await newDb();
  const [, claim, , raw, , progress] = await Promise.all([
    db.seedTasks([{ id: "a", goal: "g" }]),
    db.claimTask({ workerId: "w" }),
    db.enqueueTask("g", { id: "b" }),
    db.transaction((sql) => sql.all("SELECT id, status FROM tasks ORDER BY rowid")),
    db.enqueueTask("g", { id: "c" }),
    db.getProgress(),
  ]);
  expect(claim!.id).toBe("a");
  expect(raw).toEqual([{ id: "a", status: "claimed" }, { id: "b", status: "pending" }]);
  expect(progress.total).toBe(3);
});

test("one claim token fought over in one commit: the first verb wins, the second has lost its claim", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  const done = db.completeTask(claim);
  expect((await failure(db.releaseTask(claim))).code).toBe("CLAIM_LOST");
  await done;
  expect((await db.getTask("a")).status).toBe("done");
});
