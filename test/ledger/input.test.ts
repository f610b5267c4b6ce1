import { expect, onTestFinished, test } from "vitest";
import { enqueueTask, openProgressDb, type SeedOptions, seedTasks, type TaskInput } from "hive-progress-db";
import { codeOf, failure, newDb, sha256 } from "../colony-kit.ts";

/** Callers in JavaScript can give anything. */
const anything = (value: unknown): never => value as never;
const circular: Record<string, unknown> = {};
circular["self"] = circular;
const LONE = "\uD800";
const step = (fields: object): object => ({ goal: "g", steps: [{ title: "ok" }, { title: "t", ...fields }] });
const item = (fields: object): object => ({ goal: "g", sop_items: [{ key: "k", description: "d", ...fields }] });

/** What is wrong, and the place the error names; the task stands second in its batch. */
const BAD_TASKS: [what: string, task: unknown, place: string][] = [
  ["no goal", {}, "task[1].goal"],
  ["an empty goal", { goal: "" }, "task[1].goal"],
  ["a goal that is null", { goal: null }, "task[1].goal"],
  ["a goal that is a number", { goal: 1 }, "task[1].goal"],
  ["a goal with a lone surrogate", { goal: `a${LONE}` }, "task[1].goal"],
  ["a task that is null", null, "task[1]"],
  ["a task that is undefined", undefined, "task[1]"],
  ["a task that is a text", "goal", "task[1]"],
  ["a task that is a list", [], "task[1]"],
  ["a field of another name", { goal: "g", goals: 1 }, "task[1]"],
  ["an empty id", { goal: "g", id: "" }, "task[1].id"],
  ["an id that is a number", { goal: "g", id: 7 }, "task[1].id"],
  ["an id with a lone surrogate", { goal: "g", id: LONE }, "task[1].id"],
  ["a seq that is a text", { goal: "g", seq: "1" }, "task[1].seq"],
  ["a seq with a fraction", { goal: "g", seq: 1.5 }, "task[1].seq"],
  ["a seq past 2^53", { goal: "g", seq: 2 ** 53 }, "task[1].seq"],
  ["a seq that is NaN", { goal: "g", seq: NaN }, "task[1].seq"],
  ["a seq without end", { goal: "g", seq: -Infinity }, "task[1].seq"],
  ["a seq that is a bigint", { goal: "g", seq: 1n }, "task[1].seq"],
  ["a priority that is null", { goal: "g", priority: null }, "task[1].priority"],
  ["a priority that is a text", { goal: "g", priority: "high" }, "task[1].priority"],
  ["a priority that is NaN", { goal: "g", priority: NaN }, "task[1].priority"],
  ["fewer than no retries", { goal: "g", max_retries: -1 }, "task[1].max_retries"],
  ["retries with a fraction", { goal: "g", max_retries: 0.5 }, "task[1].max_retries"],
  ["an unknown parent", { goal: "g", parent_task_id: "nobody" }, "task[1].parent_task_id"],
  ["an empty parent", { goal: "g", parent_task_id: "" }, "task[1].parent_task_id"],
  ["a parent that is a number", { goal: "g", parent_task_id: 1 }, "task[1].parent_task_id"],
  ["a parent with a lone surrogate", { goal: "g", parent_task_id: LONE }, "task[1].parent_task_id"],
  ["a bigint payload", { goal: "g", payload: { n: 1n } }, "task[1].payload"],
  ["a circular payload", { goal: "g", payload: circular }, "task[1].payload"],
  ["NaN in the payload", { goal: "g", payload: [NaN] }, "task[1].payload"],
  ["Infinity as the payload", { goal: "g", payload: Infinity }, "task[1].payload"],
  ["a function as the payload", { goal: "g", payload: () => 1 }, "task[1].payload"],
  ["a symbol as the payload", { goal: "g", payload: Symbol("s") }, "task[1].payload"],
  ["a payload text with a lone surrogate", { goal: "g", payload: LONE }, "task[1].payload"],
  ["a payload that throws", { goal: "g", payload: { toJSON() { throw new Error("no"); } } }, "task[1].payload"],
  ["steps that are a text", { goal: "g", steps: "one" }, "task[1].steps"],
  ["steps that are an object", { goal: "g", steps: { title: "t" } }, "task[1].steps"],
  ["a step that is a text", { goal: "g", steps: ["one"] }, "task[1].steps[0]"],
  ["a step without a title", { goal: "g", steps: [{}] }, "task[1].steps[0].title"],
  ["an empty title", step({ title: "" }), "task[1].steps[1].title"],
  ["a title with a lone surrogate", step({ title: LONE }), "task[1].steps[1].title"],
  ["a detail that is a number", step({ detail: 5 }), "task[1].steps[1].detail"],
  ["a detail with a lone surrogate", step({ detail: LONE }), "task[1].steps[1].detail"],
  ["a step's seq that is null", step({ seq: null }), "task[1].steps[1].seq"],
  ["a step's seq with a fraction", step({ seq: 1.5 }), "task[1].steps[1].seq"],
  ["a step's field of another name", step({ name: "x" }), "task[1].steps[1]"],
  ["a step's seq that its neighbour has by position", step({ seq: 1 }), "task[1].steps[1].seq"],
  ["a position that its neighbour has as seq", { goal: "g", steps: [{ title: "t", seq: 2 }, { title: "t" }] }, "task[1].steps[1].seq"],
  ["a step's seq given twice", { goal: "g", steps: [{ title: "t", seq: 5 }, { title: "t" }, { title: "t", seq: 5 }] }, "task[1].steps[2].seq"],
  ["SOP items that are a number", { goal: "g", sop_items: 1 }, "task[1].sop_items"],
  ["an SOP item without a key", item({ key: undefined }), "task[1].sop_items[0].key"],
  ["an empty key", item({ key: "" }), "task[1].sop_items[0].key"],
  ["a key with a lone surrogate", item({ key: LONE }), "task[1].sop_items[0].key"],
  ["an empty description", item({ description: "" }), "task[1].sop_items[0].description"],
  ["a description with a lone surrogate", item({ description: LONE }), "task[1].sop_items[0].description"],
  ["required as a text", item({ required: "yes" }), "task[1].sop_items[0].required"],
  ["required as null", item({ required: null }), "task[1].sop_items[0].required"],
  ["a note that is a number", item({ note: 1 }), "task[1].sop_items[0].note"],
  ["a note with a lone surrogate", item({ note: LONE }), "task[1].sop_items[0].note"],
  ["an SOP item's field of another name", item({ done: true }), "task[1].sop_items[0]"],
  ["a key given twice", { goal: "g", sop_items: [{ key: "k", description: "d" }, { key: "k", description: "e" }] }, "task[1].sop_items[1].key"],
];

test("every kind of bad task is refused with its place, and the database stays as it was", async () => {
  const db = await newDb();
  const before = sha256(db.path);
  for (const [what, task, place] of BAD_TASKS) {
    const error = await failure(db.seedTasks([{ goal: "good" }, anything(task)]));
    expect([what, error.code, error.details["place"]]).toEqual([what, "INVALID_INPUT", place]);
    expect(error.message).toContain(place);
    expect(sha256(db.path)).toBe(before);
  }
});

test("a list that is none, and bad options, are refused", async () => {
  const db = await newDb();
  for (const tasks of [undefined, null, {}, "x", 5, new Set([{ goal: "g" }])]) {
    expect((await failure(db.seedTasks(anything(tasks)))).details["place"]).toBe("tasks");
  }
  const options: [unknown, string][] = [
    [{ source: 5 }, "options.source"], [{ source: LONE }, "options.source"], [{ ifExists: "replace" }, "options.ifExists"], [{ sorce: "x" }, "options"], [null, "options"],
  ];
  for (const [bad, place] of options) {
    expect((await failure(db.seedTasks([{ goal: "g" }], bad as SeedOptions))).details["place"]).toBe(place);
  }
  expect(await codeOf(db.enqueueTask(""))).toBe("INVALID_INPUT");
  expect(await codeOf(db.enqueueTask("g", anything({ priorty: 1 })))).toBe("INVALID_INPUT");
  expect(await codeOf(db.enqueueTask("g", anything({ source: 5 })))).toBe("INVALID_INPUT");
  expect(await codeOf(seedTasks(db.path, anything("x")))).toBe("INVALID_INPUT");
  expect(await codeOf(enqueueTask(db.path, anything(7)))).toBe("INVALID_INPUT");
  expect((await db.getProgress()).total).toBe(0);
});

test("every verb refuses what it cannot use, and the database stays as it was", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g", steps: [{ title: "t" }], sop_items: [{ key: "k", description: "d" }] }]);
  const claim = (await db.claimTask({ workerId: "w" }))!;
  const before = sha256(db.path);
  const bad: [string, () => Promise<unknown>][] = [
    ["an empty worker", () => db.claimTask({ workerId: "" })],
    ["a worker that is a number", () => db.claimTask({ workerId: anything(1) })],
    ["a worker with a lone surrogate", () => db.claimTask({ workerId: LONE })],
    ["an empty task id", () => db.claimTask({ workerId: "w", taskId: "" })],
    ["claimTask without options", () => db.claimTask(anything(undefined))],
    ["no limit", () => db.claimTasks(anything({ workerId: "w" }))],
    ["a limit of 0", () => db.claimTasks({ workerId: "w", limit: 0 })],
    ["a limit with a fraction", () => db.claimTasks({ workerId: "w", limit: 1.5 })],
    ["a claim that is null", () => db.heartbeat(anything(null))],
    ["a claim without a token", () => db.startTask(anything({ id: "a" }))],
    ["a token that is null", () => db.completeTask(anything({ id: "a", claim_token: null }))],
    ["an error that is not a text", () => db.failTask(claim, { error: anything(new Error("x")) })],
    ["an empty error", () => db.failTask(claim, { error: "" })],
    ["failTask without options", () => db.failTask(claim, anything(undefined))],
    ["an error with a lone surrogate", () => db.failTask(claim, { error: LONE })],
    ["evidence that is not a text", () => db.completeStep(claim, 1, { evidence: anything(1) })],
    ["completeStep without evidence", () => db.completeStep(claim, 1, anything(undefined))],
    ["evidence with a lone surrogate", () => db.completeStep(claim, 1, { evidence: LONE })],
    ["a step that is undefined", () => db.startStep(claim, anything(undefined))],
    ["a step that is NaN", () => db.startStep(claim, NaN)],
    ["a step that is an object", () => db.startStep(claim, anything({ seq: 1 }))],
    ["a key that is not a text", () => db.checkOffSopItem(claim, anything(3))],
    ["a note that is not a text", () => db.checkOffSopItem(claim, "k", { note: anything({}) })],
    ["minutes below 0", () => db.reclaimStale(-1)],
    ["minutes that are NaN", () => db.reclaimStale(NaN)],
    ["minutes that are a text", () => db.reclaimStale(anything("15"))],
    ["an id that is undefined", () => db.getTask(anything(undefined))],
    ["a filter's limit of 0", () => db.listTasks({ limit: 0 })],
    ["a filter's unknown status", () => db.listTasks({ status: anything("bogus") })],
    ["a filter's field of another name", () => db.listTasks(anything({ state: "done" }))],
    ["a filter's unknown task", () => db.listTasks({ after: "nobody" })],
  ];
  const codes: [string, string][] = [];
  for (const [what, call] of bad) codes.push([what, await codeOf(call()).catch((error: unknown) => String(error))]);
  expect(codes).toEqual(bad.map(([what]) => [what, "INVALID_INPUT"]));
  expect(sha256(db.path)).toBe(before);
});

test("bad options of a database are refused before the file is touched", async () => {
  const { path } = await newDb();
  for (const [at, options] of [["", {}], ["a\0b", {}], [anything(5), {}], [path, { durability: anything("most") }], [path, { timeoutMs: -1 }], [path, { timeoutMs: NaN }]] as const) {
    const opening = openProgressDb(at, options);
    onTestFinished(() => opening.then((db) => db.close(), () => {}));
    expect(await codeOf(opening)).toBe("INVALID_INPUT");
  }
});

test("a task without any optional field, and with each of them undefined or null, is fine", async () => {
  const db = await newDb();
  const empty: TaskInput = {
    goal: "g", id: undefined, seq: undefined, priority: undefined, payload: undefined, max_retries: undefined, parent_task_id: undefined,
    steps: undefined, sop_items: undefined,
  };
  await db.seedTasks([{ goal: "g" }, empty, { goal: "g", seq: null, payload: null, parent_task_id: null, steps: null, sop_items: null }]);
  const [a, b, c] = (await db.listTasks()).map((task) => ({ ...task, id: "" }));
  expect(b).toEqual(a);
  expect(c).toEqual(a);
});
