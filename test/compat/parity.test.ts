import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureProgressDb, enqueueTask, reclaimStale, seedTasks, type TaskInput } from "hive-progress-db";
import { expect } from "vitest";
import { python, sqlite3, tempDir, testWith } from "../helpers.ts";
import { newColony, WITH_SEED } from "../colony-kit.ts";

const testWithNatives = testWith("python3", "sqlite3");
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;
const SQL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

type Row = Record<string, string | number | null>;

function rows(path: string, sql: string): Row[] {
  return JSON.parse(sqlite3(path, "-json", sql) || "[]") as Row[];
}

const INPUT: TaskInput[] = [
  { id: "plain", goal: "g" },
  { id: "full", goal: "Zürich 🐝", seq: -7, priority: 5, max_retries: 0, payload: { n: 9007199254740991, list: [1.5, "é", null, true] } },
  { id: "text", goal: "g", payload: "not JSON" },
  { id: "empty text", goal: "g", payload: "" },
  { id: "nothing", goal: "g", payload: null, seq: null, parent_task_id: null, steps: null, sop_items: null },
  { id: "values", goal: "g", payload: [0, false, "", {}] },
  { id: "number", goal: "g", payload: 0 },
  { id: "boolean", goal: "g", payload: false },
  { id: "big", goal: "g", seq: 2 ** 53 - 1, priority: -(2 ** 53 - 1) },
  { id: "child", goal: "g", parent_task_id: "full" },
  { id: "steps", goal: "g", steps: [{ title: "a", detail: "d" }, { title: "b", seq: 10 }, { title: "c" }, { title: "d", detail: null }] },
  { id: "gates", goal: "g", sop_items: [
    { key: "a", description: "d" }, { key: "b", description: "d", required: false, note: "n" },
    { key: "c", description: "d", required: true, note: null }, { key: "d", description: "d", required: 0 },
  ] },
  { id: "no parts", goal: "g", steps: [], sop_items: [] },
];

testWithNatives("the same input gives the same rows in every table as the seed's seed_tasks", async () => {
  const folder = tempDir();
  const ours = await ensureProgressDb(join(folder, "ours"));
  expect(await seedTasks(ours, INPUT)).toEqual(INPUT.map((task) => task.id));
  writeFileSync(join(folder, "input.json"), JSON.stringify(INPUT));
  const theirs = python(`${WITH_SEED}
path = seed.ensure_progress_db(Path(sys.argv[1]) / "theirs")
seed.seed_tasks(path, json.loads((Path(sys.argv[1]) / "input.json").read_text("utf-8")))
print(path)`, folder);

  for (const [table, key] of [["tasks", "id"], ["steps", "task_id || seq"], ["sop_checklist", "task_id || key"]] as const) {
    const [mine, reference] = [ours, theirs].map((path) => rows(path, `SELECT * FROM ${table} ORDER BY ${key}`).map(comparable));
    expect(mine).toEqual(reference);
    expect(mine!.length).toBeGreaterThan(3);
  }
  expect(rows(ours, "SELECT typeof(seq), typeof(priority) FROM tasks WHERE id = 'big'")).toEqual([{ "typeof(seq)": "integer", "typeof(priority)": "integer" }]);
  expect(sqlite3(ours, "SELECT max(seq) FROM tasks")).toBe("9007199254740991");
});

/** Random ids and times are compared by their form, JSON by what it says. */
function comparable(row: Row): Row {
  const copy: Row = { ...row };
  for (const key of ["created_at", "updated_at"]) {
    if (copy[key] !== undefined) copy[key] = ISO.test(String(copy[key])) ? "ISO" : String(copy[key]);
  }
  if (copy["task_id"] !== undefined) copy["id"] = typeof copy["id"];
  if (/^[{[]/.test(String(copy["payload"]))) copy["payload"] = JSON.stringify(JSON.parse(String(copy["payload"])));
  return copy;
}

testWithNatives("rows in the order of input, so that rowids agree with the seed's", async () => {
  const { path } = await newColony();
  await seedTasks(path, INPUT);
  expect(rows(path, "SELECT id FROM tasks ORDER BY rowid").map((row) => row["id"])).toEqual(INPUT.map((task) => task.id));
});

testWithNatives("seeding and enqueueing name the seed's sources", async () => {
  const { path } = await newColony();
  const [seeded] = await seedTasks(path, [{ goal: "g" }]);
  const [named] = await seedTasks(path, [{ goal: "g" }], { source: "import" });
  const enqueued = await enqueueTask(path, "g", { payload: { a: 1 }, priority: 2, steps: [{ title: "t" }] });
  const other = await enqueueTask(path, "g", { source: "tool" });
  const theirs = JSON.parse(python(`${WITH_SEED}
path = Path(sys.argv[1])
print(json.dumps([*seed.seed_tasks(path, [{"goal": "g"}]), seed.enqueue_task(path, "g")]))`, path)) as string[];
  expect(rows(path, "SELECT id, source FROM tasks ORDER BY rowid")).toEqual([
    { id: seeded, source: "queen_create" }, { id: named, source: "import" },
    { id: enqueued, source: "enqueue_tool" }, { id: other, source: "tool" },
    { id: theirs[0], source: "queen_create" }, { id: theirs[1], source: "enqueue_tool" },
  ]);
});

testWithNatives("reclaim does to every kind of claim what the seed's does, and counts alike", async () => {
  const folder = tempDir();
  const ours = await ensureProgressDb(join(folder, "ours"));
  const theirs = await ensureProgressDb(join(folder, "theirs"));
  const values: string[] = [];
  for (const status of ["pending", "claimed", "in_progress", "done", "failed"]) {
    for (const age of ["NULL", "datetime('now')", "datetime('now', '-14 minutes')", "datetime('now', '-16 minutes')", "datetime('now', '-3 days')"]) {
      for (const [retries, most] of [[0, 3], [2, 3], [3, 3], [4, 3], [0, 0]]) {
        for (const error of ["NULL", "'kept'"]) {
          values.push(`('${values.length}', 'g', '${status}', 'w', 'token', ${age}, ${age}, ${retries}, ${most}, ${error}, '2020', '2020')`);
        }
      }
    }
  }
  for (const path of [ours, theirs]) {
    sqlite3(path, `INSERT INTO tasks (id, goal, status, worker_id, claim_token, claimed_at, started_at, retry_count, max_retries, last_error, created_at, updated_at) VALUES ${values.join()}`);
  }

  const reclaimed = await reclaimStale(ours);
  expect(String(reclaimed)).toBe(python(`${WITH_SEED}\nprint(seed.reclaim_stale(Path(sys.argv[1])))`, theirs));
  expect(reclaimed).toBe(2 * 2 * 2 * 2);
  const [mine, reference] = [ours, theirs].map((path) => rows(path, "SELECT * FROM tasks ORDER BY CAST(id AS INTEGER)").map((row) => {
    const copy: Row = { ...row };
    for (const key of ["claimed_at", "started_at", "completed_at", "updated_at"]) {
      if (SQL_TIME.test(String(copy[key]))) copy[key] = "a time";
    }
    return copy;
  }));
  expect(mine).toEqual(reference);
  expect(mine!.filter((row) => row["last_error"] === "exceeded max_retries after stale claim")).toHaveLength(2 * 2 * 3);
});

testWithNatives("unlike the seed, an ISO claim is compared as an instant", async () => {
  const { path } = await newColony();
  const claimed = (id: string, at: string): string => `('${id}', 'g', 'claimed', ${at}, '2020', '2020')`;
  sqlite3(path, `INSERT INTO tasks (id, goal, status, claimed_at, created_at, updated_at) VALUES
    ${claimed("old", "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-16 minutes')")},
    ${claimed("zone", "strftime('%Y-%m-%dT%H:%M:%S+02:00', 'now', '+104 minutes')")},
    ${claimed("zulu", "strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-16 minutes')")},
    ${claimed("fraction", "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-16 minutes')")},
    ${claimed("young", "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-14 minutes')")}`);
  expect(await reclaimStale(path)).toBe(4);
  expect(sqlite3(path, "SELECT id FROM tasks WHERE status = 'claimed'")).toBe("young");
});

testWithNatives("reclaim takes its minutes, as the seed's does", async () => {
  const { path } = await newColony();
  sqlite3(path, "INSERT INTO tasks (id, goal, status, claimed_at, created_at, updated_at) VALUES ('a', 'g', 'claimed', datetime('now', '-3 minutes'), '2020', '2020')");
  expect(await reclaimStale(path, 4)).toBe(0);
  expect(await reclaimStale(path, 2)).toBe(1);
});
