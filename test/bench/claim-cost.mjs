import { execFileSync } from "node:child_process";
import { median, seconds, withColony, withDb } from "./tools.mjs";

const SIZES = [1_000, 100_000, 300_000, 1_000_000];
const CLAIMS = 150;
const ROUNDS = 5;

/** A durable claim must cost the same however many tasks there are. Sizes take turns, so that the machine's drift hits all alike. */
export async function* claimCost() {
  const costs = new Map(SIZES.map((size) => [size, []]));
  await withColonies(SIZES, async (paths) => {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [index, size] of SIZES.entries()) {
        const time = await withDb(paths[index], {}, async (db) => {
          const ids = new Set();
          const spent = await seconds(async () => {
            for (let i = 0; i < CLAIMS; i++) ids.add((await db.claimTask({ workerId: "bench" }))?.id);
          });
          if (ids.size !== CLAIMS || ids.has(undefined)) throw new Error("a task was claimed twice, or none");
          return spent;
        });
        if (round > 0) costs.get(size).push(time / CLAIMS);
      }
    }
  });
  const base = median(costs.get(SIZES[0]));
  for (const size of SIZES) {
    const cost = median(costs.get(size));
    yield `${size} tasks: ${(cost * 1e6).toFixed(0)} µs a claim, ${(1 / cost).toFixed(0)}/s: ${(cost / base).toFixed(2)} × the cost at ${SIZES[0]}`;
  }
}

async function withColonies(sizes, use, paths = []) {
  if (paths.length === sizes.length) return use(paths);
  return withColony((path) => {
    fill(path, sizes[paths.length]);
    return withColonies(sizes, use, [...paths, path]);
  });
}

/** Natively, since a million tasks by the API would take longer than the benchmark. */
function fill(path, count) {
  execFileSync("sqlite3", [path, `
    INSERT INTO tasks (id, seq, goal, created_at, updated_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    SELECT lower(hex(randomblob(16))), i, 'task ' || i, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00' FROM n`]);
}
