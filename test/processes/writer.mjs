// On a line from the test, writes 50 tasks in three ways; says the ids it was told are stored.
import { writeSync } from "node:fs";
import { once } from "node:events";
import { openProgressDb } from "hive-progress-db";

const [dbPath, name] = process.argv.slice(2);
const db = await openProgressDb(dbPath, { timeoutMs: 300_000 }); // There are many, on what may be a busy machine.
writeSync(1, "ready\n");
await once(process.stdin, "data");
const goals = (count) => Array.from({ length: count }, (_, index) => ({ goal: `${name} ${index}` }));
writeSync(1, `${(await db.seedTasks(goals(20))).join("\n")}\n`);
for (const { goal } of goals(15)) writeSync(1, `${await db.enqueueTask(goal)}\n`);
await Promise.all(goals(15).map(async ({ goal }) => writeSync(1, `${await db.enqueueTask(goal)}\n`)));
await db.close();
process.stdin.destroy();
