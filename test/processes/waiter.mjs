// Waits for a lock that is not to be had; says how long it took and what it cost.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { openProgressDb } from "hive-progress-db";

const [dbPath, timeoutMs] = process.argv.slice(2);
const db = await openProgressDb(dbPath, { timeoutMs: Number(timeoutMs) });
await db.enqueueTask("warm");
writeSync(1, "ready\n");
for await (const _ of createInterface({ input: process.stdin })) {
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const { code } = await db.enqueueTask("in vain").catch((error) => error);
  const { user, system } = process.cpuUsage(cpu);
  writeSync(1, `${JSON.stringify({ code, ms: performance.now() - begin, cpuMs: (user + system) / 1000 })}\n`);
}
await db.close();
