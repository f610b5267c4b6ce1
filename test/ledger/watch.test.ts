import type { Progress, ProgressDb } from "hive-progress-db";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { outputOf, startNode, tempDir, testWith } from "../helpers.ts";
import { native, newDb, open } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");

/** Totals as they are seen, and a way to wait for the next one. */
function totals(db: ProgressDb, options: Parameters<ProgressDb["watch"]>[0]): { seen: number[]; until(total: number): Promise<void>; ended: Promise<void> } {
  const seen: number[] = [];
  let look = (): void => {};
  const follow = async (): Promise<void> => {
    for await (const progress of db.watch(options)) {
      seen.push(progress.total);
      look();
    }
  };
  return {
    seen,
    ended: follow(),
    until: (total) => new Promise((resolve) => {
      look = () => {
        if (seen.includes(total)) resolve();
      };
      look();
    }),
  };
}

testWithSqlite3("a watch yields at once, then whenever this handle, another process or the shell has written", async () => {
  const db = await newDb();
  const watched = totals(db, { intervalMs: 10 });
  await watched.until(0);
  await db.enqueueTask("ours");
  await watched.until(1);
  await outputOf(startNode(tempDir(), "write.mjs", `
    import { enqueueTask } from "hive-progress-db";
    await enqueueTask(process.argv[2], "another process's");`, [db.path]));
  await watched.until(2);
  native(db.path, "INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('n', 'shell', '2026', '2026')");
  await watched.until(3);
  await db.close();
  await watched.ended;
  // A look in the middle of another's commit may yield the same once more.
  expect([...new Set(watched.seen)]).toEqual([0, 1, 2, 3]);
  expect(watched.seen.length).toBeLessThan(8);
});

test("nothing is yielded while nothing changes, reads included", async () => {
  const db = await newDb();
  const watched = totals(db, { intervalMs: 5 });
  await watched.until(0);
  for (let n = 0; n < 20; n++) {
    await db.listTasks();
    await delay(5);
  }
  expect(watched.seen).toEqual([0]);
  await db.close();
  await watched.ended;
});

test("a watch ends when its signal aborts, also long before the next look", async () => {
  const db = await newDb();
  const controller = new AbortController();
  const watched = totals(db, { intervalMs: 3_600_000, signal: controller.signal });
  await watched.until(0);
  controller.abort();
  await watched.ended;

  const never: Progress[] = [];
  for await (const progress of db.watch({ signal: AbortSignal.abort() })) never.push(progress);
  expect(never).toEqual([]);
});

test("a watch ends when the handle is closed, also long before the next look", async () => {
  const db = await newDb();
  const watched = totals(db, { intervalMs: 60_000 });
  await watched.until(0);
  const closedAt = performance.now();
  await db.close();
  await Promise.race([watched.ended, delay(2_000)]);
  expect(performance.now() - closedAt).toBeLessThan(1_000);
});

test("breaking out of the loop ends the watch, and several watches do not disturb each other", async () => {
  const db = await newDb();
  const other = totals(db, { intervalMs: 5 });
  for await (const progress of db.watch()) {
    expect(progress.total).toBe(0);
    break;
  }
  await (await open(db.path)).enqueueTask("g");
  await other.until(1);
  await db.close();
  await other.ended;
});

test("a watch on a handle that is closed yields nothing", async () => {
  const db = await newDb();
  await db.close();
  const watched = totals(db, { intervalMs: 1 });
  await watched.ended;
  expect(watched.seen).toEqual([]);
});
