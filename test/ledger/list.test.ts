import type { ProgressDb, TaskFilter } from "hive-progress-db";
import { expect, test } from "vitest";
import { codeOf, manualClock, newDb } from "../colony-kit.ts";

const clock = manualClock();

async function ids(db: ProgressDb, filter?: TaskFilter): Promise<string> {
  return (await db.listTasks(filter)).map((task) => task.id).join("");
}

async function filled(): Promise<ProgressDb> {
  const db = await newDb({ clock });
  await db.seedTasks("abcdef".split("").map((id) => ({ id, goal: "g", ...(id > "d" ? { parent_task_id: "a" } : {}) })));
  await db.enqueueTask("g", { id: "z" });
  await db.enqueueTask("g", { id: "y", source: "import" });
  await db.completeTask((await db.claimTask({ workerId: "w1", taskId: "b" }))!);
  await db.claimTask({ workerId: "w1", taskId: "c" });
  await db.startTask((await db.claimTask({ workerId: "w2", taskId: "d" }))!);
  return db;
}

test("tasks are listed in the order of their creation, whatever their ids", async () => {
  const db = await filled();
  expect(await ids(db)).toBe("abcdefzy");
  expect(await ids(db, {})).toBe("abcdefzy");
});

test("each filter picks its tasks, and several pick what all agree on", async () => {
  const db = await filled();
  expect(await ids(db, { status: "pending" })).toBe("aefzy");
  expect(await ids(db, { status: ["claimed", "in_progress"] })).toBe("cd");
  expect(await ids(db, { status: [] })).toBe("");
  expect(await ids(db, { workerId: "w1" })).toBe("bc");
  expect(await ids(db, { parentTaskId: "a" })).toBe("ef");
  expect(await ids(db, { source: "enqueue_tool" })).toBe("z");
  expect(await ids(db, { workerId: "w1", status: "done" })).toBe("b");
  expect(await ids(db, { workerId: "nobody" })).toBe("");
});

test("what the caller does to a filter afterwards is of no account", async () => {
  const db = await filled();
  const status: ("claimed" | "pending")[] = ["claimed"];
  const listed = ids(db, { status });
  status[0] = "pending";
  expect(await listed).toBe("c");
});

test("a list is paged through with limit and after", async () => {
  const db = await filled();
  expect(await ids(db, { limit: 3 })).toBe("abc");
  expect(await ids(db, { limit: 3, after: "c" })).toBe("def");
  expect(await ids(db, { status: "pending", limit: 2, after: "a" })).toBe("ef");
  expect(await ids(db, { after: "y" })).toBe("");
  expect(await codeOf(db.listTasks({ after: "gone" }))).toBe("INVALID_INPUT");
});

test("stale claims are listed by minutes", async () => {
  const db = await filled();
  expect(await ids(db, { staleAfterMinutes: 1 })).toBe("");
  clock.advance(2);
  expect(await ids(db, { staleAfterMinutes: 1 })).toBe("cd");
  expect(await ids(db, { staleAfterMinutes: 1, workerId: "w2" })).toBe("d");
});

test("a task is fetched whole, and an unknown one is NOT_FOUND", async () => {
  const db = await filled();
  expect(await db.getTask("e")).toMatchObject({ id: "e", parent_task_id: "a", steps: [], sop_items: [] });
  expect(await codeOf(db.getTask("nope"))).toBe("NOT_FOUND");
});
