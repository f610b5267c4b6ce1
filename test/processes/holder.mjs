// Takes the lock, writes as told, and stays inside until the file `gate` is there.
import { existsSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { openProgressDb } from "hive-progress-db";

const [dbPath, moment, gate = ""] = process.argv.slice(2);
const db = await openProgressDb(dbPath);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
writeSync(1, "ready\n");
await lines.next();

const wait = () => {
  writeSync(1, "inside\n");
  while (!existsSync(gate)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
};
/** 40 MB do not fit in the page cache: pages go to disk before the commit. */
const FILL = `
  WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
  INSERT INTO tasks (id, goal, payload, created_at, updated_at)
  SELECT 'half-' || n, 'half done', printf('%.*c', 100000, 'x'), '', '' FROM number`;

try {
  if (moment === "reading") {
    const goals = await db.read((sql) => {
      const first = sql.all("SELECT goal FROM tasks ORDER BY rowid LIMIT 10");
      wait();
      return [...first, ...sql.all("SELECT goal FROM tasks")].map(({ goal }) => goal);
    });
    writeSync(1, `${JSON.stringify({ goals: [...new Set(goals)] })}\n`);
    process.exit(0);
  }
  await db.transaction((sql) => {
    if (moment !== "before") {
      sql.run("UPDATE tasks SET goal = 'half done'");
      sql.run(FILL, [moment === "spilled" ? 400 : 4]);
    }
    wait();
    if (moment === "before") sql.run("UPDATE tasks SET goal = 'half done'");
  });
  writeSync(1, "committed\n");
} catch (error) {
  writeSync(1, `${JSON.stringify({ name: error.name, code: error.code, message: error.message, hint: error.hint, details: error.details })}\n`);
}
await lines.next();
writeSync(1, `${await db.enqueueTask("after waking")}\n`);
await db.close();
process.stdin.destroy();
