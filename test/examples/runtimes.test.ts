import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { outputOf, root, sqlite3, tempDir, testWith, toolPath, type Tool } from "../helpers.ts";

/** How examples/README.md and the files' first lines say to run each worker. */
const WORKERS: Record<"node" | "deno" | "bun", (colony: string) => string[]> = {
  node: () => ["examples/node/worker.mjs"],
  deno: (colony) => ["run", "--no-prompt", `--allow-read=${colony}`, `--allow-write=${colony}`, "examples/deno/worker.ts"],
  bun: () => ["examples/bun/worker.ts"],
};
const QUEENS: typeof WORKERS = {
  node: () => [],
  deno: (colony) => ["run", "--no-prompt", `--allow-read=${colony}`, `--allow-write=${colony}`],
  bun: () => [],
};
type Runtime = keyof typeof WORKERS;
const RUNTIMES = Object.keys(WORKERS) as Runtime[];

const STATUSES = "SELECT id, status, coalesce(last_error, '') FROM tasks ORDER BY id";
const ALL_ENDED = "bees|done|\nclover|done|\nhands|done|\nnothing|failed|there is no text to count\npond|done|";

function run(tool: Tool, ...args: string[]): Promise<string> {
  return outputOf(spawn(toolPath(tool), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] }));
}

function runWorker(runtime: Runtime, colony: string, workerId: string): Promise<string> {
  return run(runtime, ...WORKERS[runtime](colony), colony, workerId);
}

async function seededColony(queen: Runtime = "node"): Promise<{ colony: string; dbPath: string }> {
  const colony = join(tempDir(), "colony");
  const dbPath = join(colony, "data", "progress.db");
  expect(await run(queen, ...QUEENS[queen](colony), "examples/queen.mjs", colony)).toBe(`5 tasks in ${dbPath}\n`);
  return { colony, dbPath };
}

describe.each(RUNTIMES)("queen and worker on %s", (runtime) => {
  testWith(runtime, "sqlite3")("works through the queue, with evidence", async () => {
    const { colony, dbPath } = await seededColony(runtime);
    const said = await runWorker(runtime, colony, "w1");
    expect(said).toContain('w1 did: Measure the text "hands"\n');
    expect(said).toContain('w1 failed: Measure the text "nothing": there is no text to count\n');
    expect(sqlite3(dbPath, STATUSES)).toBe(ALL_ENDED);
    expect(sqlite3(dbPath, "SELECT seq, status, evidence, worker_id FROM steps WHERE task_id = 'hands' ORDER BY seq"))
      .toBe("1|done|22 letters|w1\n2|done|5 words|w1");
    expect(sqlite3(dbPath, "SELECT count(*), group_concat(DISTINCT done_by) FROM sop_checklist WHERE done_at IS NOT NULL")).toBe("4|w1");
    expect(sqlite3(dbPath, "PRAGMA integrity_check")).toBe("ok");
  });
});

testWith("deno", "sqlite3")("the worker on deno is refused without leave to touch the colony", async () => {
  const { colony, dbPath } = await seededColony();
  await expect(run("deno", "run", "--no-prompt", "examples/deno/worker.ts", colony)).rejects.toThrow(/--allow-read/);
  expect(sqlite3(dbPath, "SELECT DISTINCT status FROM tasks")).toBe("pending");
});

testWith(...RUNTIMES, "sqlite3")("workers on all runtimes share a queue", async () => {
  const { colony, dbPath } = await seededColony();
  const said = await Promise.all(RUNTIMES.map((runtime) => runWorker(runtime, colony, runtime)));
  expect(said.join("").match(/ did: /g)).toHaveLength(4);
  expect(sqlite3(dbPath, STATUSES)).toBe(ALL_ENDED);
  // A task's work is all of one worker's: the one that ended it.
  expect(sqlite3(dbPath, "SELECT count(*) FROM steps JOIN tasks ON tasks.id = task_id WHERE steps.worker_id <> tasks.worker_id")).toBe("0");
});

testWith("sqlite3")("the queen may be run again", async () => {
  const { colony, dbPath } = await seededColony();
  await runWorker("node", colony, "w1");
  await run("node", "examples/queen.mjs", colony);
  expect(sqlite3(dbPath, STATUSES)).toBe(ALL_ENDED);
});

testWith("sqlite3")("a worker goes on where one before it died", async () => {
  const { colony, dbPath } = await seededColony();
  sqlite3(dbPath, "UPDATE steps SET status = 'done', evidence = 'as it was', worker_id = 'w0' WHERE task_id = 'hands' AND seq = 1");
  await runWorker("node", colony, "w1");
  expect(sqlite3(dbPath, "SELECT seq, evidence, worker_id FROM steps WHERE task_id = 'hands' ORDER BY seq"))
    .toBe("1|as it was|w0\n2|5 words|w1");
});
