import { execFileSync } from "node:child_process";
import { seedTasks } from "hive-progress-db";
import { median, native, plainTasks, referenceFolder, seconds, withColony } from "./tools.mjs";

const RUNS = 5;
const TASKS = 10_000;

/** Seeding, against the reference module: it commits with synchronous=NORMAL in WAL mode, we at full durability. */
export async function* seeding() {
  for (const nested of [false, true]) {
    const own = [];
    const reference = [];
    for (let run = 0; run <= RUNS; run++) {
      own.push(await withColony(async (path) => {
        const tasks = plainTasks(TASKS).map((task) => (nested ? {
          ...task,
          steps: [{ title: "one" }, { title: "two" }, { title: "three" }],
          sop_items: [{ key: "a", description: "first" }, { key: "b", description: "second" }],
        } : task));
        const time = await seconds(() => seedTasks(path, tasks));
        const count = execFileSync("sqlite3", [path, "SELECT count(*) FROM tasks"], { encoding: "utf8" }).trim();
        if (count !== String(TASKS)) throw new Error(`seeded ${count} of ${TASKS}`);
        return time;
      }));
      reference.push(await withColony(async (path) => native("seed", referenceFolder, path, TASKS, nested ? 1 : 0)));
    }
    // The first of each warms caches and compilers up.
    const [ours, theirs] = [own, reference].map((times) => median(times.slice(1)));
    const what = nested ? `${TASKS} tasks, each with 3 steps and 2 SOP items` : `${TASKS} tasks`;
    yield `${what}: ${(ours * 1000).toFixed(0)} ms, reference ${(theirs * 1000).toFixed(0)} ms: ${(ours / theirs).toFixed(2)} × its time`;
  }
}
