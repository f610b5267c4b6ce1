import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { memoryLock } from "hive-progress-db/lock/memory";
import { snapshot, type SnapshotStore } from "hive-progress-db/persistence/snapshot";
import { openSqlite, type RunOptions, type SqliteDb, type SqliteOptions, type StatementResult } from "hive-progress-db/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { failure, sha256 } from "../colony-kit.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";

async function openIn(path: string, options: SqliteOptions = {}): Promise<SqliteDb> {
  const db = await openSqlite(path, options);
  onTestFinished(() => db.close());
  return db;
}

async function results(db: SqliteDb, script: string, options: RunOptions = {}): Promise<StatementResult[]> {
  const all: StatementResult[] = [];
  for await (const result of db.run(script, options)) all.push(result);
  return all;
}

const rowsOf = async (db: SqliteDb, script: string, options: RunOptions = {}): Promise<unknown[]> =>
  (await results(db, script, options)).map(({ rows }) => rows);

describe("a script", () => {
  test("runs statement by statement and says what became of each", async () => {
    const db = await openIn(":memory:");
    expect(await results(db, `
      CREATE TABLE t (a, b); -- a comment
      INSERT INTO t VALUES (1, 'x'), (2, 'y') RETURNING a, b AS a;;
      UPDATE t SET b = 'z' WHERE a = 1; SELECT a, a FROM t; DELETE FROM t WHERE a > 5; `)).toEqual([
      { sql: "CREATE TABLE t (a, b);", columns: [], rows: [], isCut: false, changes: 0 },
      { sql: "-- a comment\n      INSERT INTO t VALUES (1, 'x'), (2, 'y') RETURNING a, b AS a;", columns: ["a", "a"], rows: [[1, "x"], [2, "y"]], isCut: false, changes: 2 },
      { sql: "UPDATE t SET b = 'z' WHERE a = 1;", columns: [], rows: [], isCut: false, changes: 1 },
      { sql: "SELECT a, a FROM t;", columns: ["a", "a"], rows: [[1, 1], [2, 2]], isCut: false, changes: 0 },
      { sql: "DELETE FROM t WHERE a > 5;", columns: [], rows: [], isCut: false, changes: 0 },
    ]);
  });

  test("keeps NULL, '', 2^53 + 1, blobs and reals apart", async () => {
    const db = await openIn(":memory:");
    const sql = "SELECT NULL, '', 9007199254740993, x'00ff', 1, 1.0, -9223372036854775808";
    expect(await rowsOf(db, sql)).toEqual([[[null, "", 9007199254740993n, new Uint8Array([0, 255]), 1, 1, -9223372036854775808n]]]);
    expect(await rowsOf(db, sql, { bigInts: true })).toEqual([[[null, "", 9007199254740993n, new Uint8Array([0, 255]), 1n, 1, -9223372036854775808n]]]);
  });

  test("binds parameters, cuts at a limit and says so, or hands out each row", async () => {
    const db = await openIn(":memory:");
    const many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?) SELECT x FROM n";
    expect(await results(db, many, { parameters: [5], limit: 2 })).toMatchObject([{ rows: [[1], [2]], isCut: true }]);
    expect(await results(db, many, { parameters: [2], limit: 2 })).toMatchObject([{ rows: [[1], [2]], isCut: false }]);
    const seen: unknown[] = [];
    const [result] = await results(db, many, { parameters: [3], onRow: (row, columns) => seen.push([...row, ...columns]) });
    expect(seen).toEqual([[1, "x"], [2, "x"], [3, "x"]]);
    expect(result).toMatchObject({ rows: [], columns: ["x"] });
    await expect(results(db, many, { parameters: [3], onRow: () => { throw new Error("enough"); } })).rejects.toThrow("enough");
    expect(await rowsOf(db, "SELECT 1")).toEqual([[[1]]]);
  });

  test("ends at a statement that fails; what came before stays, and the error says where it stood", async () => {
    const db = await openIn(":memory:");
    const error = await failure(results(db, "CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1); INSERT INTO t VALUES (1); SELECT 2"));
    expect(error).toMatchObject({ code: "INVALID_INPUT", details: { resultCode: 19, phase: "step", sqliteMessage: "UNIQUE constraint failed: t.x", sql: "INSERT INTO t VALUES (1); SELECT 2" } });
    expect((await failure(results(db, "SELECT * FROM nope"))).details).toMatchObject({ resultCode: 1, phase: "prepare", sqliteMessage: "no such table: nope" });
    expect(await rowsOf(db, "SELECT count(*) FROM t")).toEqual([[[1]]]);
  });

  test("may be very long", { timeout: 20_000 }, async () => {
    const db = await openIn(":memory:");
    const script = `CREATE TABLE t (x); BEGIN; ${"INSERT INTO t VALUES ('0123456789012345678901234567890123456789');\n".repeat(30_000)} COMMIT;`;
    const begin = performance.now();
    await results(db, script);
    expect(await rowsOf(db, "SELECT count(*) FROM t")).toEqual([[[30_000]]]);
    expect(performance.now() - begin).toBeLessThan(10_000); // Each statement copying the rest of the script would take minutes.
  });

  test("PRAGMA busy_timeout is the handle's own", async () => {
    const db = await openIn(":memory:", { timeoutMs: 70 });
    expect(await rowsOf(db, "PRAGMA busy_timeout; PRAGMA busy_timeout = 1234; PRAGMA busy_timeout")).toEqual([[[70]], [[1234]], [[1234]]]);
    expect(db.timeoutMs).toBe(1234);
  });
});

describe("a file", () => {
  test("that is not there is refused, and made only when asked for and written to", async () => {
    const path = join(tempDir(), "new.db");
    expect((await failure(openSqlite(path))).code).toBe("NOT_FOUND");
    const db = await openIn(path, { create: true });
    await results(db, "SELECT 1; SELECT * FROM sqlite_schema");
    expect(existsSync(path)).toBe(false);
    await results(db, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    expect(await rowsOf(await openIn(path), "SELECT * FROM t")).toEqual([[[1]]]);
    await db.close();
    expect((await failure(results(db, "SELECT 1"))).code).toBe("CLOSED");
  });

  test("that cannot be written, or is no database, gets its code", async () => {
    const path = join(tempDir(), "a.db");
    await results(await openIn(path, { create: true }), "CREATE TABLE t (x)");
    const before = sha256(path);
    const reader = await openIn(path, { readOnly: true });
    expect((await failure(results(reader, "INSERT INTO t VALUES (1)"))).code).toBe("READ_ONLY");
    expect((await failure(results(reader, "PRAGMA query_only = OFF; DROP TABLE t"))).code).toBe("READ_ONLY");
    expect(await rowsOf(reader, "CREATE TEMP TABLE s (x); INSERT INTO s VALUES (7); SELECT x FROM s")).toEqual([[], [], [[7]]]);
    expect(sha256(path)).toBe(before);
    writeFileSync(path, "not a database ".repeat(100));
    expect((await failure(results(await openIn(path), "SELECT * FROM sqlite_schema"))).code).toBe("CORRUPT");
  });
});

test("another file is not attached in pretence", async () => {
  const db = await openIn(":memory:");
  await results(db, "ATTACH ':memory:' AS scratch; CREATE TABLE scratch.t (x); CREATE TEMP TABLE s (x)");
  for (const sql of ["ATTACH 'other.db' AS other", "VACUUM INTO 'copy.db'"]) {
    expect((await failure(results(db, sql))).message).toContain("unable to open database");
  }
});

describe("a transaction over several statements", () => {
  testWith("sqlite3")("holds the lock between them, and gives it back at its end", async () => {
    const path = join(tempDir(), "a.db");
    const db = await openIn(path, { create: true });
    await results(db, "CREATE TABLE t (x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
    const other = await openIn(path, { timeoutMs: 30 });
    const error = await failure(results(other, "SELECT * FROM t"));
    expect(error).toMatchObject({ code: "BUSY", details: { holder: { pid: process.pid } } });
    expect(() => sqlite3(`file:${path}?vfs=unix-dotfile`, "SELECT * FROM t")).toThrow(/locked/);
    const waiting = rowsOf(other, "INSERT INTO t VALUES (2) RETURNING x", { timeoutMs: 5000 });
    const aborted = expect(rowsOf(other, "SELECT 1 FROM t", { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ name: "TimeoutError" });
    await aborted;
    await results(db, "COMMIT");
    expect(await waiting).toEqual([[[2]]]);
    expect(await rowsOf(db, "SELECT x FROM t")).toEqual([[[1], [2]]]);
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(sqlite3(`file:${path}?vfs=unix-dotfile`, "SELECT count(*) FROM t")).toBe("2");
  });

  test("is rolled back by closing, and nothing is left behind", async () => {
    const path = join(tempDir(), "a.db");
    const db = await openIn(path, { create: true });
    await results(db, "CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)");
    await db.close();
    expect(readdirSync(dirname(path)).sort()).toEqual(["a.db", "a.db-journal"]);
    expect(await rowsOf(await openIn(path), "SELECT count(*) FROM t")).toEqual([[[0]]]);
  });
});

describe("a store that loads and saves by itself", () => {
  /** One image in memory, asynchronously. */
  function store(): SnapshotStore & { saved: number } {
    let [image, version] = [undefined as Uint8Array | undefined, 0];
    const self = {
      saved: 0,
      load: async (known: string | undefined) => (image === undefined || known === String(version) ? undefined : { bytes: image, version: String(version) }),
      save: async (bytes: Uint8Array, expected: string | undefined) => {
        if ((image === undefined ? undefined : String(version)) !== expected) return undefined;
        self.saved++;
        image = bytes.slice();
        return String(++version);
      },
    };
    return self;
  }

  test("keeps what each COMMIT wrote, and nothing else", async () => {
    const kept = store();
    const db = await openIn("/a.db", { persistence: snapshot(kept), lock: memoryLock(), create: true });
    await results(db, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    const before = kept.saved;
    await results(db, "BEGIN; INSERT INTO t VALUES (2); INSERT INTO t VALUES (3)");
    expect(kept.saved).toBe(before);
    await results(db, "COMMIT; SELECT * FROM t; PRAGMA busy_timeout = 5");
    expect(kept.saved).toBe(before + 1);
    await results(db, "BEGIN; DELETE FROM t");
    await db.close();
    const other = await openIn("/a.db", { persistence: snapshot(kept), lock: memoryLock(), readOnly: true });
    expect(await rowsOf(other, "SELECT group_concat(x) FROM t")).toEqual([[["1,2,3"]]]);
    expect((await failure(results(other, "DELETE FROM t"))).code).toBe("READ_ONLY");
  });
});

test("a statement behind a long comment is known for what it is", async () => {
  const path = join(tempDir(), "a.db");
  const db = await openIn(path, { create: true });
  await results(db, "CREATE TABLE t (x)");
  expect(await rowsOf(db, `/* ${"x".repeat(20_000)} */ PRAGMA busy_timeout = 7; -- ${"y".repeat(5000)}\n INSERT INTO t VALUES (1) RETURNING x`)).toEqual([[[7]], [[1]]]);
  expect(db.timeoutMs).toBe(7);
});

test("a locked database lets its timeout be set", async () => {
  const path = join(tempDir(), "a.db");
  await results(await openIn(path, { create: true }), "CREATE TABLE t (x)");
  mkdirSync(`${path}.lock`);
  const db = await openIn(path);
  const begin = performance.now();
  expect((await failure(results(db, "PRAGMA busy_timeout = 100; SELECT * FROM t"))).code).toBe("BUSY");
  expect(performance.now() - begin).toBeLessThan(4000); // Not the default of 5000.
});
