// Told how long, adds tasks for that many milliseconds; says how many.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { openProgressDb } from "hive-progress-db";

const [dbPath, name] = process.argv.slice(2);
const db = await openProgressDb(dbPath);
writeSync(1, "ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  let count = 0;
  for (const end = performance.now() + Number(line); performance.now() < end; count++) await db.enqueueTask(name);
  writeSync(1, `${count}\n`);
}
await db.close();
