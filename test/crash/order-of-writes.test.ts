import { readFileSync } from "node:fs";
import { type Durability, ensureProgressDb, openProgressDb, type ProgressDb, seedTasks } from "hive-progress-db";
import { memoryLock } from "hive-progress-db/lock/memory";
import { memory } from "hive-progress-db/persistence/memory";
import { expect, test } from "vitest";
import { tempDir, testWith } from "../helpers.ts";
import { operation } from "../operations.ts";
import { type Call, type FileName, recording } from "./recording.ts";
import { record, strongLock } from "./simulation.ts";
import { faultsOf } from "./write-order.ts";

const DB = "/progress.db";

/** A ledger of 200 tasks in memory, whose changes are noted. */
async function ledger(durability: Durability): Promise<{ db: ProgressDb; calls: Call[] }> {
  const below = memory();
  below.put(DB, readFileSync(await ensureProgressDb(tempDir())));
  const options = { lock: memoryLock(), durability };
  await seedTasks(DB, Array.from({ length: 200 }, (_, seq) => ({ goal: `task ${seq}`, seq, steps: [{ title: "one" }] })), { ...options, persistence: below });
  const { store, calls } = recording(below, DB);
  return { db: await openProgressDb(DB, { ...options, persistence: store }), calls };
}

/** A day's work of writers: small changes, a larger one, one that is rolled back. */
async function work(db: ProgressDb): Promise<void> {
  const claim = (await db.claimTask({ workerId: "w" }))!;
  await db.completeStep(claim, 1, { evidence: "seen" });
  await db.completeTask(claim);
  await db.seedTasks(Array.from({ length: 500 }, (_, index) => ({ goal: `more ${index}`, payload: "x".repeat(500) })));
  await db.transaction((sql) => {
    sql.run("UPDATE tasks SET goal = 'never'");
    throw new Error("changed my mind");
  }).catch(() => {});
}

/** Changes more pages than the cache holds, so that some go to disk before the commit. */
async function largeWork(db: ProgressDb): Promise<void> {
  await db.transaction((sql) => sql.run(`
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)
    INSERT INTO tasks (id, goal, payload, created_at, updated_at) SELECT 'large-' || n, 'large', printf('%.*c', 3500, 'y'), '', '' FROM number`));
  await db.transaction((sql) => sql.run("UPDATE tasks SET payload = 'z' || substr(payload, 2)"));
}

test("durability full: no page before its journal is synced, no end of a journal before the pages are, and the end is synced", async () => {
  const { db, calls } = await ledger("full");
  await work(db);
  await largeWork(db);
  await db.close();
  expect(faultsOf(calls)).toEqual([]);
  const count = (call: Call["call"], file: FileName): number => calls.filter((each) => each.call === call && each.file === file).length;
  expect(count("write", "")).toBeGreaterThan(8000);
  expect(count("truncate", "-journal")).toBeGreaterThan(5);
  // Pages did go to disk before the commit: the last journal was written between them.
  const last = calls.slice(calls.findLastIndex(({ call, file }, index) => call === "truncate" && file === "-journal" && index < calls.length - 10));
  const changes = last.flatMap((each) => (each.call === "write" ? [each.file] : []));
  expect(changes.filter((file, index) => index > 0 && file !== changes[index - 1]).length).toBeGreaterThan(3);
});

test("durability normal: the same, but for the end of the last journal", async () => {
  const { db, calls } = await ledger("normal");
  await work(db);
  await db.close();
  expect(faultsOf(calls)).toEqual(["at the end: the end of the journal was not synced"]);
});

testWith("python3")("in WAL mode, in turns with native clients: no page before the -wal and its folder entry are synced", async () => {
  const work = ["claim, WAL mode", "enqueue", "claim a batch"].map(operation);
  const { calls } = await record("turns in WAL mode", work, "full", { lock: strongLock() });
  expect(faultsOf(calls, { hasWal: true })).toEqual([]);
  expect(calls.filter(({ call, file }) => call === "create" && file === "-wal")).toHaveLength(2); // The first one was there.
});

test("a file that is not synced would be found out", async () => {
  const { db, calls } = await ledger("full");
  await work(db);
  await db.close();
  for (const file of ["-journal", "", undefined] as const) {
    expect(faultsOf(calls.filter((each) => each.file !== file || !each.call.startsWith("sync"))), file).not.toEqual([]);
  }
});

const SYNCS: Record<Durability, number> = { full: 4, normal: 2, process: 0 };

for (const durability of ["full", "normal", "process"] as const) {
  test(`a claim at durability ${durability} makes ${SYNCS[durability]} syncs`, async () => {
    const { db, calls } = await ledger(durability);
    await db.claimTask({ workerId: "w" }); // The first one makes the journal.
    calls.length = 0;
    await db.claimTask({ workerId: "w" });
    const count = (call: string): number => calls.filter((each) => each.call === call).length;
    process.stdout.write(`a claim at ${durability}: ${count("sync")} syncs, ${count("syncDirectory")} of the folder, `
      + `${count("write")} writes, ${count("truncate")} truncation\n`);
    expect(count("sync") + count("syncDirectory")).toBe(SYNCS[durability]);
    expect(count("write")).toBeGreaterThan(2);
    await db.close();
  });
}

test("what only reads changes nothing and syncs nothing", async () => {
  const { db, calls } = await ledger("full");
  const [task] = await db.listTasks({ limit: 1 });
  await db.getTask(task!.id);
  await db.getProgress();
  expect(await db.read((sql) => sql.get("SELECT count(*) AS tasks FROM tasks"))).toEqual({ tasks: 200 });
  await db.read((sql) => sql.run("DELETE FROM tasks")).catch(() => {});
  for await (const progress of db.watch({ intervalMs: 1 })) {
    expect(progress.total).toBe(200);
    break;
  }
  await db.close();
  expect(calls).toEqual([]);
});
