import { checkAllDone, median, nativeDrainers, ownDrainers, plainTasks, race, withColony, withDb } from "./tools.mjs";

const RUNS = 5;
const TASKS = 10_000;
const PROCESSES = 8;

/** Processes drain one queue, durably; natively with a busy timeout in the same journal mode. */
export async function* drain() {
  const results = { own: [], native: [] };
  for (let run = 0; run < RUNS; run++) {
    for (const [kind, drainers] of [["own", ownDrainers], ["native", nativeDrainers]]) {
      results[kind].push(await withColony(async (path) => {
        await withDb(path, {}, (db) => db.seedTasks(plainTasks(TASKS)));
        const { time, numbers } = await race(drainers(path, PROCESSES));
        checkAllDone(path, TASKS);
        return { rate: TASKS / time, least: Math.min(...numbers) / (TASKS / PROCESSES) };
      }));
    }
  }
  const of = (kind, figure) => median(results[kind].map((result) => result[figure]));
  for (const kind of ["own", "native"]) {
    yield `${PROCESSES} processes, ${kind}: ${of(kind, "rate").toFixed(0)} tasks/s; the least served got ${of(kind, "least").toFixed(2)} of an equal share`;
  }
  yield `${(of("own", "rate") / of("native", "rate")).toFixed(2)} × native`;
}
