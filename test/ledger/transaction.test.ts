import type { Sql } from "hive-progress-db";
import { expect, test } from "vitest";
import { testWith } from "../helpers.ts";
import { codeOf, native, newDb, sha256 } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");
const META = "INSERT INTO colony_meta (key, value, updated_at) VALUES (?, 'v', 't')";

testWithSqlite3("a transaction writes all of it, and says how many rows each statement changed", async () => {
  const db = await newDb();
  await db.seedTasks([{ goal: "g" }, { goal: "g" }]);
  expect(await db.transaction((sql) => [
    sql.run(META, ["a"]), sql.run("UPDATE tasks SET priority = 1"), sql.run("DELETE FROM tasks WHERE 0"), sql.get("SELECT changes() AS n"),
    sql.all("UPDATE tasks SET priority = 2 RETURNING priority"),
  ])).toEqual([1, 2, 0, { n: 0 }, [{ priority: 2 }, { priority: 2 }]]);
  expect(native(db.path, "SELECT count(*) FROM colony_meta WHERE key = 'a'; SELECT sum(priority) FROM tasks")).toBe("1\n4");
});

test("a callback that throws writes nothing, and its error comes out as it is", async () => {
  const db = await newDb();
  const before = sha256(db.path);
  const mine = new RangeError("mine");
  await expect(db.transaction((sql) => {
    sql.run(META, ["a"]);
    throw mine;
  })).rejects.toBe(mine);
  expect(sha256(db.path)).toBe(before);
  expect(await db.seedTasks([{ id: "a", goal: "g" }])).toEqual(["a"]);
});

test("a callback that returns a promise is refused, and writes nothing", async () => {
  const db = await newDb();
  let later: unknown;
  expect(await codeOf(db.transaction(async (sql) => {
    sql.run(META, ["a"]);
    await Promise.resolve();
    try {
      sql.run(META, ["b"]);
    } catch (error) {
      later = error;
    }
  }))).toBe("INVALID_INPUT");
  await new Promise((resolve) => setImmediate(resolve));
  expect(later).toMatchObject({ code: "CLOSED" });
  expect(await db.read((sql) => sql.get("SELECT count(*) AS n FROM colony_meta"))).toEqual({ n: 1 });
});

test("SQL cannot be used after its transaction is over", async () => {
  const db = await newDb();
  let kept: Sql | undefined;
  await db.transaction((sql) => {
    kept = sql;
  });
  expect(() => kept!.run(META, ["a"])).toThrow(expect.objectContaining({ code: "CLOSED" }));
});

test("what would begin or end a transaction, or reach another file, is refused", async () => {
  const db = await newDb();
  const before = sha256(db.path);
  for (const statement of [
    "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE operation", "ROLLBACK TO operation", "ATTACH 'x.db' AS x", "DETACH main", "VACUUM",
    "vacuum INTO 'copy.db'", "  \n-- note\n/* and\nanother */ ; COMMIT", "commit;", "/**/COMMIT", "\uFEFFCOMMIT",
  ]) {
    expect([statement, await codeOf(db.transaction((sql) => {
      sql.run(META, ["a"]);
      sql.run(statement);
    }))]).toEqual([statement, "INVALID_INPUT"]);
  }
  expect(sha256(db.path)).toBe(before);
  expect(await db.transaction((sql) => sql.run(META, ["a"]))).toBe(1);
});

testWithSqlite3("a rollback that SQL itself brings about leaves nothing behind, though the callback went on", async () => {
  const db = await newDb();
  const attempt = db.transaction((sql) => {
    sql.run(META, ["before"]);
    try {
      sql.run("INSERT OR ROLLBACK INTO colony_meta (key, value, updated_at) VALUES ('schema_version', '', '')");
    } catch {
      // The callback thinks that it can go on.
    }
    sql.run(META, ["after"]);
  });
  const outcome = await attempt.then(() => "resolved", () => "rejected");
  expect([outcome, native(db.path, "SELECT key FROM colony_meta")]).toEqual(["rejected", "schema_version"]);
  expect(await db.transaction((sql) => sql.run(META, ["next"]))).toBe(1);
});

testWithSqlite3("a setting made in one callback does not outlive it", async () => {
  const db = await newDb();
  await db.transaction((sql) => sql.run("PRAGMA query_only = ON")).catch(() => {});
  expect(await db.seedTasks([{ id: "a", goal: "g" }])).toEqual(["a"]);
  await db.transaction((sql) => sql.run("PRAGMA locking_mode = EXCLUSIVE")).catch(() => {});
  await db.seedTasks([{ id: "b", goal: "g" }]);
  expect(native(db.path, "SELECT count(*) FROM tasks")).toBe("2");
  await db.transaction((sql) => sql.run("PRAGMA foreign_keys = OFF")).catch(() => {});
  expect(await codeOf(db.transaction((sql) => sql.run("UPDATE tasks SET parent_task_id = 'nobody'")))).toBe("INVALID_INPUT");
  await db.transaction((sql) => sql.run("PRAGMA ignore_check_constraints = ON")).catch(() => {});
  await db.transaction((sql) => sql.all("PRAGMA journal_mode = WAL")).catch(() => {});
  expect(native(db.path, "PRAGMA journal_mode")).toBe("delete");
});

test("a constraint that fails only at COMMIT rejects the transaction, and the next one works", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g" }]);
  expect(await codeOf(db.transaction((sql) => {
    sql.run("PRAGMA defer_foreign_keys = ON");
    sql.run("UPDATE tasks SET parent_task_id = 'nobody'");
  }))).toBe("INVALID_INPUT");
  expect((await db.getTask("a")).parent_task_id).toBeNull();
  await db.enqueueTask("g");
});
