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
const insert = (sql, count) => {
  for (let index = 0; index < count; index++) {
    sql.run("INSERT INTO tasks (id, goal, payload, created_at, updated_at) VALUES (?, 'half done', ?, '', '')", [`half-${moment}-${index}`, "x".repeat(2000)]);
  }
};
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
    if (moment === "spilled") sql.all("PRAGMA cache_size = 20"); // Pages go to disk before the commit.
    if (moment !== "before") {
      sql.run("UPDATE tasks SET goal = 'half done'");
      insert(sql, 300);
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
