import { expect, test } from "vitest";
import { codeOf, failure, newColony, newDb, open, sha256 } from "../colony-kit.ts";

test("ids come back in the order of input, given or made", async () => {
  const db = await newDb();
  const ids = await db.seedTasks([{ goal: "a" }, { id: "mine", goal: "b" }, { goal: "c" }]);
  expect(ids[1]).toBe("mine");
  expect(new Set(ids).size).toBe(3);
  expect((await db.listTasks()).map((task) => [task.id, task.goal])).toEqual([[ids[0], "a"], ["mine", "b"], [ids[2], "c"]]);
});

test("steps and SOP items come along, in order, with the seed's defaults", async () => {
  const db = await newDb();
  const [id] = await db.seedTasks([{
    goal: "g",
    steps: [{ title: "one" }, { title: "ten", seq: 10, detail: "d" }, { title: "three" }],
    sop_items: [{ key: "z", description: "first" }, { key: "a", description: "second", required: false, note: "n" }],
  }]);
  const task = await db.getTask(id!);
  expect(task).toMatchObject({
    seq: null, priority: 0, payload: null, status: "pending", worker_id: null, claim_token: null, retry_count: 0, max_retries: 3, source: "queen_create",
  });
  expect(task.steps.map((step) => [step.seq, step.title, step.detail, step.status])).toEqual([
    [1, "one", null, "pending"], [3, "three", null, "pending"], [10, "ten", "d", "pending"],
  ]);
  expect(task.sop_items.map((item) => [item.key, item.required, item.note, item.done_at])).toEqual([["z", 1, null, null], ["a", 0, "n", null]]);
});

test("an empty list gives an empty list and writes nothing", async () => {
  const db = await newDb();
  const before = sha256(db.path);
  expect(await db.seedTasks([])).toEqual([]);
  expect(sha256(db.path)).toBe(before);
});

test("children may stand before their parents, three generations deep", async () => {
  const db = await newDb();
  await db.seedTasks([
    { id: "grandchild", goal: "g", parent_task_id: "child" },
    { id: "child", goal: "g", parent_task_id: "root" },
    { id: "root", goal: "g" },
    { id: "twin", goal: "g", parent_task_id: "root" },
  ]);
  expect((await db.listTasks({ parentTaskId: "root" })).map((task) => task.id)).toEqual(["child", "twin"]);
  await db.seedTasks([{ id: "late", goal: "g", parent_task_id: "grandchild" }]);
  expect((await db.getTask("late")).parent_task_id).toBe("grandchild");
});

test("one bad task keeps all the others out, also when the database is what refuses it", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "there", goal: "g" }]);
  const before = sha256(db.path);
  for (const bad of [{ goal: "" }, { id: "there", goal: "again" }, { goal: "g", parent_task_id: "nobody" }]) {
    expect(await codeOf(db.seedTasks([{ goal: "good", steps: [{ title: "t" }] }, bad]))).toBe("INVALID_INPUT");
  }
  expect((await db.getProgress()).total).toBe(1);
  expect(sha256(db.path)).toBe(before);
});

test("an id that is there is named with its place, and ifExists: skip leaves that task as it is", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "first", steps: [{ title: "s" }], sop_items: [{ key: "k", description: "d" }] }]);
  const again = [{ id: "new", goal: "n", parent_task_id: "a" }, { id: "a", goal: "second", priority: 9, steps: [{ title: "other" }] }];
  expect((await failure(db.seedTasks(again))).details).toEqual({ place: "task[1].id" });

  const before = await db.getTask("a");
  expect(await db.seedTasks(again, { ifExists: "skip" })).toEqual(["new", "a"]);
  expect(await db.getTask("a")).toEqual(before);
  expect((await db.getTask("new")).parent_task_id).toBe("a");
});

test("seeding again with ifExists: skip changes no byte", async () => {
  const db = await newDb();
  const tasks = [{ id: "a", goal: "g", parent_task_id: "b" }, { id: "b", goal: "g" }];
  await db.seedTasks(tasks, { ifExists: "skip" });
  const before = sha256(db.path);
  expect(await db.seedTasks(tasks, { ifExists: "skip" })).toEqual(["a", "b"]);
  expect(sha256(db.path)).toBe(before);
});

test("an id given twice in one batch, and a task that is its own ancestor, are refused", async () => {
  const db = await newDb();
  const place = async (tasks: Parameters<typeof db.seedTasks>[0]): Promise<unknown> => (await failure(db.seedTasks(tasks))).details["place"];
  expect(await place([{ id: "a", goal: "g" }, { goal: "g" }, { id: "a", goal: "g" }])).toBe("task[2].id");
  expect(await place([{ id: "a", goal: "g", parent_task_id: "a" }])).toBe("task[0].parent_task_id");
  expect(await place([{ id: "a", goal: "g", parent_task_id: "b" }, { id: "b", goal: "g", parent_task_id: "a" }])).toMatch(/^task\[[01]\]\.parent_task_id$/);
  expect(await place([
    { id: "leaf", goal: "g", parent_task_id: "a" }, { id: "a", goal: "g", parent_task_id: "b" },
    { id: "b", goal: "g", parent_task_id: "c" }, { id: "c", goal: "g", parent_task_id: "a" },
  ])).toMatch(/parent_task_id$/);
  expect((await db.getProgress()).total).toBe(0);
});

test("what is stored is the input at the time of the call, whatever the caller does to it afterwards", async () => {
  const db = await newDb();
  const batch = [{ id: "a", goal: "asked for", steps: [{ title: "kept" }] }];
  const seeding = db.seedTasks(batch);
  batch[0]!.goal = "";
  batch[0]!.steps[0]!.title = "changed";
  batch.push({ id: "b", goal: "", steps: [] });
  expect(await seeding).toEqual(["a"]);
  expect(await db.getTask("a")).toMatchObject({ goal: "asked for", steps: [{ title: "kept" }] });
});

test("10,000 tasks go in at once and come out in order", async () => {
  const { path } = await newColony();
  const db = await open(path);
  const ids = await db.seedTasks(Array.from({ length: 10_000 }, (_, n) => ({ goal: `goal ${n}` })));
  const tasks = await db.listTasks();
  expect(tasks.map((task) => task.id)).toEqual(ids);
  expect(tasks[9_999]!.goal).toBe("goal 9999");
});
