import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";
import { Bar } from "./bar.mjs";
import { SOP_ITEMS, STEPS } from "./examine.mjs";
import { Fleet } from "./fleet.mjs";
import { findPackages } from "./packages.mjs";
import { summary } from "./report.mjs";
import { faults } from "./verify.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const USAGE = "usage: npm run demo -- [--workers N] [--out DIR]\n";

/** Longer than a verb may wait for the lock (5 s): only the claim of a worker that is gone can look so old. */
const STALE_SECONDS = 6;

/** The queen: seeds a task a package, starts workers, kills one, sees its claim come back. Returns the exit code. */
export async function demo(args) {
  const options = readOptions(args);
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const colony = options.out ?? mkdtempSync(join(tmpdir(), "licence-check-"));
  if (existsSync(join(colony, "data", "progress.db"))) {
    process.stderr.write(`${colony} is a colony already: choose another folder, or remove it\n`);
    return 2;
  }
  const dbPath = await ensureProgressDb(colony);
  const db = await openProgressDb(dbPath);
  try {
    const ids = await db.seedTasks(tasks());
    process.stderr.write(`${ids.length} packages to check, by ${options.workers} workers: ${dbPath}\n`);
    const run = await new Fleet(db, new Bar(), ids.length).drain(options.workers, STALE_SECONDS);
    const found = await faults(db, ids.length);
    process.stdout.write(await summary(db, run));
    for (const fault of found) process.stderr.write(`not as it should be: ${fault}\n`);
    return found.length === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}

function readOptions(args) {
  try {
    const { values } = parseArgs({ args, options: { workers: { type: "string", default: "4" }, out: { type: "string" } } });
    const workers = Number(values.workers);
    return Number.isInteger(workers) && workers >= 1 ? { workers, out: values.out } : undefined;
  } catch {
    return undefined;
  }
}

function tasks() {
  return findPackages(join(root, "node_modules")).map(({ folder, name, version }, index) => ({
    goal: `Check the licence of ${name} ${version}`,
    seq: index + 1,
    payload: { folder, name, version },
    steps: STEPS,
    sop_items: SOP_ITEMS,
  }));
}
