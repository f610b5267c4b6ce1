import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openProgressDb } from "hive-progress-db";
import { expect, onTestFinished, test } from "vitest";
import { codeOf, failure, native, newColony, newDb } from "../colony-kit.ts";
import { tempDir, testWith } from "../helpers.ts";
import { deadProcess, Remains } from "../lock/remains.ts";
import { type Answer, Victim } from "./victim.ts";

/** What the hostile inputs found, one by one. Those that could hang are met by a process of their own. */

function newVictim(): Victim {
  const victim = new Victim(tempDir());
  onTestFinished(() => victim.close());
  return victim;
}

function codes(answer: Answer | string): readonly string[] | string {
  return typeof answer === "string" ? answer : [...new Set(answer.outcomes)];
}

test.each(["a pipe", "a device without end", "a file too large"])("%s in the place of the lock is not read, and is told of with BUSY", async (what) => {
  const { path } = await newColony();
  const { lock } = new Remains(path);
  if (what === "a pipe") execFileSync("mkfifo", [lock]);
  else if (what === "a device without end") symlinkSync("/dev/zero", lock);
  else writeFileSync(lock, Buffer.alloc(5000, " "));
  expect(codes(await newVictim().ask("read", path))).toEqual(["BUSY"]);
});

test("dead processes that are each other's heirs are not followed round and round", async () => {
  const { path } = await newColony();
  const remains = new Remains(path);
  const dead = await deadProcess();
  const [first, second] = [remains.holder(dead), remains.owner(dead)];
  for (const [heir, of] of [[second, first], [first, second]]) writeFileSync(join(remains.owners, `heir-of-${of}`), readFileSync(join(remains.owners, heir!)));
  expect(codes(await newVictim().ask("read", path))).toEqual(["BUSY"]);
});

test("a pipe among the worker configs is left alone", async () => {
  const { folder, path } = await newColony();
  execFileSync("mkfifo", [join(folder, "worker.json")]);
  expect(codes(await newVictim().ask("ensure", path))).toEqual(["ok"]);
});

test.each(["progress.db", "progress.db-journal", "progress.db-wal"])("a pipe or a device in the place of %s is no file", async (name) => {
  const victim = newVictim();
  for (const place of [(path: string) => void execFileSync("mkfifo", [path]), (path: string) => symlinkSync("/dev/zero", path)]) {
    const folder = join(tempDir(), "colony");
    mkdirSync(join(folder, "data"), { recursive: true });
    place(join(folder, "data", name));
    const outcomes = codes(await victim.ask("ensure", join(folder, "data/progress.db")));
    // An empty file beside the database says nothing, until one is to be made there.
    expect(outcomes, name).toEqual([name === "progress.db-wal" ? expect.stringMatching(/^(ok|IO)$/) : "IO"]);
  }
});

testWith("sqlite3")("a view or a virtual table in the place of a ledger's table is CORRUPT, and nothing is asked of it", async () => {
  const victim = newVictim();
  for (const sql of [
    "ALTER TABLE tasks RENAME TO t; CREATE VIEW tasks AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id FROM n WHERE x < 0",
    "DROP TABLE steps; CREATE VIEW STEPS AS SELECT 1 AS id",
    "DROP TABLE sop_checklist; CREATE VIRTUAL TABLE sop_checklist USING fts3(a)",
  ]) {
    const { path } = await newColony();
    native(path, sql);
    for (const deed of ["read", "write", "ensure"] as const) expect(codes(await victim.ask(deed, path)), sql).toEqual(["CORRUPT"]);
    const error = await failure(openProgressDb(path));
    expect(error.message).toMatch(/(tasks|STEPS|sop_checklist) is a (view|virtual table), not a table of the ledger/);
  }
});

testWith("sqlite3")("a trigger that rolls everything back rejects its operation with its word, and nobody says that the lock was lost", async () => {
  const { path } = await newColony();
  native(path, "CREATE TRIGGER t BEFORE INSERT ON steps BEGIN SELECT RAISE(ROLLBACK, 'not today'); END");
  const db = await openProgressDb(path);
  onTestFinished(() => db.close());
  const [refused, other] = await Promise.allSettled([db.enqueueTask("a", { steps: [{ title: "s" }] }), db.enqueueTask("b")]);
  expect(refused).toMatchObject({ status: "rejected", reason: { code: "INVALID_INPUT", message: expect.stringContaining("not today") } });
  expect(other.status).toBe("fulfilled");
  expect((await db.listTasks()).map(({ goal }) => goal)).toEqual(["b"]);
  expect(dirname(db.path)).toBe(dirname(path));
});

test("options that are no object are refused by name", async () => {
  const db = await newDb();
  expect(await codeOf(db.enqueueTask("g", null as never))).toBe("INVALID_INPUT");
});
