import { checkAllDone, claimAndComplete, median, native, plainTasks, seconds, withColony, withDb } from "./tools.mjs";

const RUNS = 5;
const ONE = 300;
const MANY = 5_000;
const WORKERS = 100;

/** Claim and complete: one at a time against native SQLite in the same journal mode; then many at once. */
export async function* throughput() {
  const rates = {};
  for (let run = 0; run < RUNS; run++) {
    for (const vfs of ["unix", "unix-dotfile"]) {
      (rates[vfs] ??= []).push(await withColony(async (path) => {
        await withDb(path, {}, (db) => db.seedTasks(plainTasks(ONE)));
        const time = native("work", path, "bench", ONE, vfs);
        checkAllDone(path, ONE);
        return ONE / time;
      }));
    }
    for (const durability of ["full", "normal", "process"]) {
      (rates[durability] ??= []).push(await withColony((path) => withDb(path, { durability }, async (db) => {
        await db.seedTasks(plainTasks(ONE));
        const time = await seconds(() => claimAndComplete(db, "bench", ONE));
        checkAllDone(path, ONE);
        return ONE / time;
      })));
    }
    (rates.concurrent ??= []).push(await withColony((path) => withDb(path, {}, async (db) => {
      await db.seedTasks(plainTasks(MANY));
      const time = await seconds(() => Promise.all(Array.from({ length: WORKERS }, (_, worker) =>
        claimAndComplete(db, `worker-${worker}`, MANY / WORKERS))));
      checkAllDone(path, MANY);
      return MANY / time;
    })));
  }
  const rate = (name) => median(rates[name]);
  const against = (vfs) => `${(rate("full") / rate(vfs)).toFixed(2)} × ${vfs}`;
  yield `native, TRUNCATE, synchronous=FULL, byte-range locks (unix): ${rate("unix").toFixed(0)} claim + complete/s`;
  yield `native, the same with the lock that we use (unix-dotfile): ${rate("unix-dotfile").toFixed(0)}/s`;
  yield `one at a time, full (survives a power cut): ${rate("full").toFixed(0)}/s: ${against("unix")}, ${against("unix-dotfile")}`;
  yield `one at a time, normal (a power cut may undo the latest): ${rate("normal").toFixed(0)}/s`;
  yield `one at a time, process (survives the process only): ${rate("process").toFixed(0)}/s`;
  yield `${WORKERS} workers in one process, full: ${rate("concurrent").toFixed(0)}/s: ${(rate("concurrent") / rate("full")).toFixed(1)} × one at a time`;
}
