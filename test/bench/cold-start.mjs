import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openProgressDb } from "hive-progress-db";
import { median, plainTasks, withColony } from "./tools.mjs";

const dist = (name) => fileURLToPath(new URL(`../../dist/cli/${name}.cjs`, import.meta.url));
const RUNS = 15;

/** Whole processes from their start to their end, one after another in turn, against a Node that does nothing. */
export async function* coldStart() {
  yield* await withColony(async (path) => {
    const db = await openProgressDb(path);
    await db.seedTasks(plainTasks(100));
    await db.close();
    const commands = {
      "node -e 0": [process.execPath, "-e", "0"],
      "colony --version": [process.execPath, dist("colony"), "--version"],
      "colony claim": [process.execPath, dist("colony"), "claim", "--db", path, "--worker", "w"],
      "colony-sqlite3 -version": [process.execPath, dist("colony-sqlite3"), "-version"],
      "colony-sqlite3 DB 'SELECT 1'": [process.execPath, dist("colony-sqlite3"), path, "SELECT 1"],
      "colony-sqlite3 DB 'UPDATE … RETURNING id'": [process.execPath, dist("colony-sqlite3"), path,
        "UPDATE tasks SET status = 'claimed' WHERE id = (SELECT id FROM tasks WHERE status = 'pending' ORDER BY priority DESC, seq, created_at LIMIT 1) RETURNING id"],
    };
    const times = new Map(Object.keys(commands).map((name) => [name, []]));
    for (let run = 0; run < RUNS; run++) {
      for (const [name, [program, ...args]] of Object.entries(commands)) {
        const start = performance.now();
        const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
        times.get(name).push(performance.now() - start);
        if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      }
    }
    const nothing = times.get("node -e 0");
    const more = (of, list) => `+ ${(of(list) - of(nothing)).toFixed(0)}`;
    const best = (list) => Math.min(...list); // What a machine that does other things, too, disturbs least.
    return [...times].map(([name, list]) => {
      const extra = name === "node -e 0" ? "" : ` (${more(median, list)}; of the best runs ${more(best, list)})`;
      return `${name}: ${median(list).toFixed(0)} ms${extra}${name === "colony claim" ? "; to reach: + 60" : ""}`;
    });
  });
}
