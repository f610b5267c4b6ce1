// Waits for a lock that is not to be had, with several deadlines at once; says how late each was kept, how late a bare
// timer was meanwhile, and what the waiting cost.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { openProgressDb } from "hive-progress-db";

const [dbPath, ...timeouts] = process.argv.slice(2);
const waits = await Promise.all(timeouts.map(async (ms) => ({ ms: Number(ms), db: await openProgressDb(dbPath, { timeoutMs: Number(ms) }) })));
await waits.at(-1).db.enqueueTask("warm");
writeSync(1, "ready\n");

const lateness = async (ms, promise) => {
  const begin = performance.now();
  const outcome = await promise.catch((error) => error);
  return { code: outcome?.code, late: performance.now() - begin - ms };
};
for await (const _ of createInterface({ input: process.stdin })) {
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const deadlines = await Promise.all(waits.map(async ({ ms, db }) => {
    const [timer, wait] = await Promise.all([
      lateness(ms, new Promise((resolve) => setTimeout(resolve, ms))),
      lateness(ms, db.enqueueTask("in vain")),
    ]);
    return { ...wait, ms, timerLate: timer.late };
  }));
  const { user, system } = process.cpuUsage(cpu);
  writeSync(1, `${JSON.stringify({ deadlines, seconds: (performance.now() - begin) / 1000, cpuSeconds: (user + system) / 1e6 })}\n`);
}
for (const { db } of waits) await db.close();
