import { ensureProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { testWith } from "../helpers.ts";
import { codeOf, native, nativeRefusal, newColony, open } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");
const TRIGGERS = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'";
const TASK = [{ id: "a", goal: "g", sop_items: [{ key: "k", description: "d" }, { key: "optional", description: "d", required: false }] }];

testWithSqlite3("with enforceGates the database itself refuses, whoever asks, and our own complete works", async () => {
  const { path } = await newColony({ enforceGates: true });
  const db = await open(path);
  await db.seedTasks(TASK);
  const claim = (await db.claimTask({ workerId: "w" }))!;

  expect(nativeRefusal(path, "UPDATE tasks SET status='done' WHERE id='a'")).toContain("SOP_OPEN");
  expect(nativeRefusal(path, "UPDATE tasks SET goal='x', status='done'")).toContain("SOP_OPEN");
  expect(native(path, "SELECT goal, status FROM tasks")).toBe("g|claimed");
  native(path, "UPDATE tasks SET status='failed'; UPDATE tasks SET status='claimed'");
  expect(await codeOf(db.completeTask(claim))).toBe("SOP_OPEN");
  expect(await codeOf(db.transaction((sql) => sql.run("UPDATE tasks SET status='done'")))).toBe("SOP_OPEN");

  await db.checkOffSopItem(claim, "k");
  await db.completeTask(claim);
  expect((await db.getTask("a")).status).toBe("done");
});

testWithSqlite3("a native client that has checked the gates off may complete the task", async () => {
  const { path } = await newColony({ enforceGates: true });
  const db = await open(path);
  await db.seedTasks(TASK);
  native(path, "UPDATE sop_checklist SET done_at=datetime('now') WHERE key='k'; UPDATE tasks SET status='done' WHERE id='a'");
  expect((await db.getTask("a")).status).toBe("done");
});

testWithSqlite3("a task cannot be slipped in as done over its open gates either", async () => {
  const { path } = await newColony({ enforceGates: true });
  await (await open(path)).seedTasks(TASK);
  expect(nativeRefusal(path, "REPLACE INTO tasks (id, goal, status, created_at, updated_at) VALUES ('a', 'g', 'done', '2026', '2026')")).toContain("SOP_OPEN");
  expect(native(path, "SELECT status FROM tasks")).toBe("pending");
});

testWithSqlite3("the trigger is named in colony_meta, goes with false, stays with undefined, and never moves user_version", async () => {
  const { folder, path } = await newColony();
  expect(native(path, TRIGGERS)).toBe("0");

  await ensureProgressDb(folder, { enforceGates: true });
  expect(native(path, "SELECT value FROM colony_meta WHERE key <> 'schema_version'")).toContain(native(path, "SELECT name FROM sqlite_schema WHERE type='trigger'"));
  expect(native(path, "PRAGMA user_version; SELECT value FROM colony_meta WHERE key='schema_version'")).toBe("1\n1");

  await ensureProgressDb(folder);
  await ensureProgressDb(folder, { enforceGates: true });
  expect(native(path, TRIGGERS)).toBe("1");

  await ensureProgressDb(folder, { enforceGates: false });
  expect(native(path, TRIGGERS)).toBe("0");
  expect(native(path, "SELECT key FROM colony_meta; PRAGMA user_version; PRAGMA integrity_check")).toBe("schema_version\n1\nok");
  await ensureProgressDb(folder);
  expect(native(path, TRIGGERS)).toBe("0");
});
