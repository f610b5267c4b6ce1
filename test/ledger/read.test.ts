import type { SqlParameters } from "hive-progress-db";
import { expect, onTestFinished, test } from "vitest";
import { outputOf, startNode, tempDir, testWith } from "../helpers.ts";
import { codeOf, native, newDb, sha256 } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");

test("read gives rows as SQL has them, and changes no byte", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }, { id: "b", goal: "h" }]);
  const before = sha256(db.path);
  expect(await db.read((sql) => [
    sql.all("SELECT id, goal FROM tasks ORDER BY id"),
    sql.get("SELECT id FROM tasks WHERE goal = ?", ["h"]),
    sql.get("SELECT id FROM tasks WHERE goal = :goal", { ":goal": "g" }),
    sql.get("SELECT 1 FROM tasks WHERE id = 'nobody'"),
    sql.all("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3) SELECT x FROM n"),
  ])).toEqual([[{ id: "a", goal: "g" }, { id: "b", goal: "h" }], { id: "b" }, { id: "a" }, undefined, [{ x: 1 }, { x: 2 }, { x: 3 }]]);
  expect(sha256(db.path)).toBe(before);
});

test("values keep their kind: null, numbers, bigints, texts and blobs", async () => {
  const db = await newDb();
  expect(await db.read((sql) => sql.get(`
    SELECT NULL AS none, 1.5 AS real, 7 AS int, 9007199254740991 AS safe, 9007199254740993 AS unsafe,
      9223372036854775807 AS most, -9223372036854775808 AS least, 'a' || char(0) || 'b' AS text, x'00ff' AS blob, x'' AS empty`)))
    .toEqual({
      none: null, real: 1.5, int: 7, safe: 9007199254740991, unsafe: 9007199254740993n,
      most: 9223372036854775807n, least: -9223372036854775808n, text: "a\0b", blob: new Uint8Array([0, 255]), empty: new Uint8Array(0),
    });
  expect(await db.read((sql) => sql.get("SELECT ? AS text, ? AS blob, ? AS yes, ? AS real, ? AS none, CAST(? AS INTEGER) AS big", [
    "é\0", new Uint8Array([1, 0]), true, 0.1, null, 9223372036854775807n,
  ]))).toEqual({ text: "é\0", blob: new Uint8Array([1, 0]), yes: 1, real: 0.1, none: null, big: 9223372036854775807n });
});

testWithSqlite3("whatever writes is refused with READ_ONLY, and the database stays as it was", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const before = sha256(db.path);
  for (const statement of [
    "DELETE FROM tasks", "UPDATE tasks SET goal = 'x'", "INSERT INTO colony_meta VALUES ('a', 'b', 'c')", "CREATE TABLE t (a)", "DROP TABLE steps",
    "UPDATE tasks SET goal = 'x' RETURNING id", "WITH a AS (SELECT 1) DELETE FROM tasks", "REINDEX",
  ]) {
    expect([statement, await codeOf(db.read((sql) => sql.all(statement)))]).toEqual([statement, "READ_ONLY"]);
    expect(sha256(db.path)).toBe(before);
  }
  expect(native(db.path, "SELECT goal FROM tasks; PRAGMA user_version")).toBe("g\n1");
});

test("read cannot be talked into writing by switching the refusal off", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  const before = sha256(db.path);
  for (const pragma of [
    "PRAGMA query_only = OFF", "pragma query_only(0)", "PRAGMA main.query_only=0", "PRAGMA/**/query_only = 0", "PRAGMA -- note\n query_only = 0",
    'PRAGMA "query_only" = 0', "PRAGMA [query_only] = 0", "PRAGMA `main`.`query_only` = 0", "PRAGMA main . query_only = 0", "PRAGMA main/**/.query_only = 0",
    "EXPLAIN PRAGMA query_only = 0", "EXPLAIN QUERY PLAN PRAGMA query_only = 0", "/**/;PRAGMA\fquery_only = 0", "PRAGMA query_only/**/= 0",
    "SELECT 1 FROM pragma_query_only(0)", "PRAGMA writable_schema = ON", "PRAGMA user_version = 9", "PRAGMA user_version/**/= 9", "PRAGMA journal_mode = WAL",
  ]) {
    await db.read((sql) => {
      try {
        sql.all(pragma);
      } catch {
        // Refused, as it should be; or not, and then the next line shows it.
      }
      sql.run("DELETE FROM tasks");
    }).catch(() => {});
    expect([pragma, sha256(db.path)]).toEqual([pragma, before]);
  }
});

test("pragmas that only tell are welcome", async () => {
  const db = await newDb();
  expect(await db.read((sql) => [
    sql.get("PRAGMA user_version"), sql.all("PRAGMA table_info(colony_meta)").length, sql.get("PRAGMA integrity_check"), sql.all("PRAGMA foreign_key_check"),
    sql.get("SELECT name FROM pragma_table_info('tasks')"), sql.all("EXPLAIN QUERY PLAN SELECT * FROM tasks").length,
  ])).toEqual([{ user_version: 1 }, 3, { integrity_check: "ok" }, [], { name: "id" }, 1]);
});

test("verbs write as before after a read, also after one that failed", async () => {
  const db = await newDb();
  await codeOf(db.read((sql) => sql.run("DELETE FROM tasks")));
  await expect(db.read(() => {
    throw new RangeError("mine");
  })).rejects.toThrow(RangeError);
  expect(await db.seedTasks([{ id: "a", goal: "g" }])).toEqual(["a"]);
});

test("bad SQL and bad parameters are INVALID_INPUT", async () => {
  const db = await newDb();
  const bad: [statement: string, parameters: SqlParameters][] = [
    ["SELEKT 1", []], ["SELECT x FROM tasks", []], ["SELECT 1; SELECT 2", []], ["SELECT ?", [NaN]], ["SELECT ?", ["\uD800"]], ["SELECT :a", { ":b": 1 }],
    ["SELECT 1", [1]], ["", []], ["-- nothing", []],
  ];
  const codes: [string, string][] = [];
  for (const [statement, parameters] of bad) {
    codes.push([statement, await codeOf(db.read((sql) => sql.all(statement, parameters))).catch((error: unknown) => String(error))]);
  }
  expect(codes).toEqual(bad.map(([statement]) => [statement, "INVALID_INPUT"]));
});

test("SQL with a NUL in it is refused", async () => {
  const { path } = await newDb();
  const child = startNode(tempDir(), "nul.mjs", `
    import { openProgressDb } from "hive-progress-db";
    const db = await openProgressDb(process.argv[2]);
    for (const text of ["SELECT 1\\0", "SELECT 1\\0; SELECT 2", "\\0"]) {
      await db.read((sql) => sql.all(text)).then(() => console.log("done"), (error) => console.log(error.code));
    }
    await db.close();`, [path]);
  // In a process of its own, since what must not happen is that it never comes back.
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  onTestFinished(() => clearTimeout(timer));
  expect(await outputOf(child)).toBe("INVALID_INPUT\n".repeat(3));
});
