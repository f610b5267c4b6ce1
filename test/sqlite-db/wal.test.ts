import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openSqlite, type SqliteDb, type SqliteOptions } from "hive-progress-db/sqlite";
import { expect, onTestFinished } from "vitest";
import { failure, sha256 } from "../colony-kit.ts";
import { python, sqlite3, tempDir, testWith } from "../helpers.ts";

/** Databases that a native client left in WAL mode, or in the midst of a transaction. */

const testWithPython = testWith("python3", "sqlite3");

async function openIn(path: string, options: SqliteOptions = {}): Promise<SqliteDb> {
  const db = await openSqlite(path, options);
  onTestFinished(() => db.close());
  return db;
}

async function rowsOf(db: SqliteDb, script: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { rows } of db.run(script)) all.push(rows);
  return all;
}

/** A database whose newest row is in its `-wal` only, with nobody alive. */
function walDatabase(): string {
  const folder = tempDir();
  python(`
import os, sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1); PRAGMA wal_checkpoint; INSERT INTO t VALUES (2)")
for suffix in ("", "-wal"): open(sys.argv[2] + suffix, "wb").write(open(sys.argv[1] + suffix, "rb").read())`,
  join(folder, "live.db"), join(folder, "a.db"));
  return join(folder, "a.db");
}

const filesOf = (path: string): string[] => ["", "-wal"].map((suffix) => sha256(path + suffix));
const vouched = { nativeClients: "none" } as const;

testWithPython("reading looks through the -wal and changes nothing, read-only or not", async () => {
  const path = walDatabase();
  const before = filesOf(path);
  for (const options of [vouched, { ...vouched, readOnly: true }]) {
    const db = await openIn(path, options);
    expect(await rowsOf(db, "PRAGMA busy_timeout = 100; SELECT x FROM t; PRAGMA journal_mode; SELECT count(*) FROM t; -- the end"))
      .toEqual([[[100]], [[1], [2]], [["wal"]], [[2]]]);
    await db.close();
  }
  const reader = await openIn(path, { ...vouched, readOnly: true });
  expect(await rowsOf(reader, "BEGIN; SELECT max(x) FROM t; COMMIT")).toEqual([[], [[2]], []]);
  expect(filesOf(path)).toEqual(before);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

testWithPython("the first statement that may write takes the file to a rollback journal", async () => {
  const path = walDatabase();
  const db = await openIn(path, vouched);
  expect(await rowsOf(db, "SELECT count(*) FROM t; BEGIN IMMEDIATE; INSERT INTO t VALUES (3) RETURNING x; COMMIT; SELECT count(*) FROM t"))
    .toEqual([[[2]], [], [[3]], [], [[3]]]);
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(sqlite3(path, "PRAGMA journal_mode; SELECT group_concat(x) FROM t; PRAGMA integrity_check")).toBe("delete\n1,2,3\nok");
});

testWithPython("while a native client has it open, or may have, both are refused", async () => {
  const path = walDatabase();
  const before = filesOf(path);
  const native = spawn("python3", ["-c", `
import sqlite3, sys
con = sqlite3.connect(sys.argv[1]); con.execute("SELECT count(*) FROM t").fetchall(); print("open", flush=True); sys.stdin.read()`, path]);
  onTestFinished(() => void native.kill());
  await new Promise((resolve) => native.stdout.once("data", resolve));
  for (const sql of ["SELECT * FROM t", "INSERT INTO t VALUES (3)"]) {
    expect((await failure(rowsOf(await openIn(path), sql))).code).toBe("NATIVE_CLIENTS");
  }
  expect(filesOf(path)).toEqual(before);
});

testWithPython("a read-only handle sees through a transaction that a crash left half done, and leaves it so", async () => {
  const folder = tempDir();
  const live = join(folder, "live.db");
  const path = join(folder, "a.db");
  sqlite3(live, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  python(`
import shutil, sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.executescript("PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN; UPDATE t SET x = 9; CREATE TABLE big (b)")
for n in range(300): con.execute("INSERT INTO big VALUES (zeroblob(3000))")
for suffix in ("", "-journal"): shutil.copy(sys.argv[1] + suffix, sys.argv[2] + suffix)`, live, path);
  const before = ["", "-journal"].map((suffix) => sha256(path + suffix));
  expect(readFileSync(`${path}-journal`).length).toBeGreaterThan(512);
  const reader = await openIn(path, { readOnly: true });
  expect(await rowsOf(reader, "SELECT x FROM t; PRAGMA integrity_check")).toEqual([[[1]], [["ok"]]]);
  expect(["", "-journal"].map((suffix) => sha256(path + suffix))).toEqual(before);
  copyFileSync(path, `${path}.copy`);
  expect(await rowsOf(await openIn(path), "SELECT x FROM t")).toEqual([[[1]]]);
  expect(sqlite3(path, "SELECT x FROM t")).toBe("1");
});
