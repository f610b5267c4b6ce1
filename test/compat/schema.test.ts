import { join } from "node:path";
import { ensureProgressDb, seedTasks } from "hive-progress-db";
import { expect } from "vitest";
import { python, sqlite3, tempDir, testWith } from "../helpers.ts";
import { newColony, WITH_SEED } from "../colony-kit.ts";

const testWithNatives = testWith("python3", "sqlite3");

/** Everything SQLite tells about a schema, names of automatic indexes included. */
const DESCRIBE = `
import json, re, sqlite3, sys
con = sqlite3.connect(sys.argv[1])
rows = lambda sql: [list(row) for row in con.execute(sql)]
tables = sorted(name for (name,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"))
print(json.dumps({
    "tables": tables,
    "columns": {t: rows(f"PRAGMA table_xinfo({t})") for t in tables},
    "foreign_keys": {t: rows(f"PRAGMA foreign_key_list({t})") for t in tables},
    "indexes": {t: sorted(row[1:] for row in rows(f"PRAGMA index_list({t})")) for t in tables},
    "index_columns": {name: rows(f"PRAGMA index_xinfo('{name}')") for (name,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")},
    "sql": sorted([type, name, re.sub(r"\\s+", " ", sql or "")] for type, name, sql in con.execute("SELECT type, name, sql FROM sqlite_schema")),
    "user_version": rows("PRAGMA user_version"),
    "encoding": rows("PRAGMA encoding"),
    "page_size": rows("PRAGMA page_size"),
    "meta": rows("SELECT key, value FROM colony_meta"),
}, indent=1))
`;

testWithNatives("our schema is the seed's, to the letter", async () => {
  const folder = tempDir();
  const ours = await ensureProgressDb(join(folder, "ours"));
  const theirs = python(`${WITH_SEED}\nprint(seed.ensure_progress_db(Path(sys.argv[1])))`, join(folder, "theirs"));

  const described = python(DESCRIBE, ours);
  expect(described).toBe(python(DESCRIBE, theirs));
  expect(JSON.parse(described)).toMatchObject({
    tables: ["colony_meta", "sop_checklist", "steps", "tasks"],
    user_version: [[1]],
    meta: [["schema_version", "1"]],
  });
});

testWithNatives("the sqlite3 shell reads the schema version and finds the database sound", async () => {
  const { path } = await newColony();
  expect(sqlite3(path, "PRAGMA user_version")).toBe("1");
  expect(sqlite3(path, "SELECT value FROM colony_meta WHERE key = 'schema_version'")).toBe("1");
  expect(sqlite3(path, "SELECT updated_at FROM colony_meta")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  expect(sqlite3(path, "PRAGMA integrity_check; PRAGMA foreign_key_check")).toBe("ok");
});

testWithNatives("a native DELETE takes a task's steps and gates along, and orphans its children", async () => {
  const { path } = await newColony();
  await seedTasks(path, [
    { id: "parent", goal: "g", steps: [{ title: "s" }], sop_items: [{ key: "k", description: "d" }] },
    { id: "child", goal: "g", parent_task_id: "parent" },
  ]);
  sqlite3(path, "PRAGMA foreign_keys = ON; DELETE FROM tasks WHERE id = 'parent'");
  expect(sqlite3(path, "SELECT count(*) FROM steps")).toBe("0");
  expect(sqlite3(path, "SELECT count(*) FROM sop_checklist")).toBe("0");
  expect(sqlite3(path, "SELECT id, parent_task_id IS NULL FROM tasks")).toBe("child|1");
  expect(sqlite3(path, "PRAGMA integrity_check")).toBe("ok");
});
