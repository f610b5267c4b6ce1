import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Claim, ensureProgressDb, seedTasks } from "hive-progress-db";
import { expect } from "vitest";
import { root, sqlite3, tempDir, testWith, toolPath } from "../helpers.ts";
import { Actor } from "../processes/actor.ts";
import { inLine, untilInLine } from "../processes/line.ts";
import { Program, start } from "../processes/program.ts";

const TASKS = 2000;

testWith("sqlite3")("8 processes of ours and 4 native clients claim each task once", { timeout: 300_000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const ids = await seedTasks(dbPath, Array.from({ length: TASKS }, (_, seq) => ({ goal: `task ${seq}`, seq })));
  const script = join(root, "test/processes/native-claimer.sh");
  const ours = Array.from({ length: 8 }, (_, index) => start(folder, "claimer", dbPath, `ours-${index}`));
  const native = Array.from({ length: 4 }, (_, index) =>
    new Program(spawn("sh", [script, dbPath, `native-${index}`, "unix-dotfile"], { stdio: ["pipe", "pipe", "pipe"] })));
  const all = [...ours, ...native];
  await Promise.all(all.map((program) => program.hear("ready")));

  const begin = performance.now();
  for (const program of all) program.say("go");
  const claimed = await Promise.all(all.map((program) => program.rest()));
  const seconds = (performance.now() - begin) / 1000;

  expect(claimed.flat()).toHaveLength(TASKS); // None twice:
  expect(new Set(claimed.flat())).toEqual(new Set(ids)); // and none left out.
  expect(sqlite3(dbPath, "PRAGMA integrity_check")).toBe("ok");
  expect(sqlite3(dbPath, "SELECT count(*), count(DISTINCT claim_token) FROM tasks WHERE status = 'claimed'")).toBe(`${TASKS}|${TASKS}`);
  const owners = sqlite3(dbPath, "SELECT worker_id FROM tasks ORDER BY seq").split("\n");
  const [byOurs, byNative] = ["ours", "native"].map((kind) => owners.filter((owner) => owner.startsWith(kind)).length);
  const changesOfHands = owners.filter((owner, index) => index > 0 && owner !== owners[index - 1]).length;
  process.stdout.write(`claims in ${seconds.toFixed(1)} s: ours ${byOurs}, native ${byNative}; `
    + `per process ${claimed.map((list) => list.length).join(" ")}; changes of hands ${changesOfHands}\n`);

  // They did race: both kinds won, every process of ours too, and they took turns.
  expect(byNative).toBeGreaterThan(0);
  for (const list of claimed.slice(0, ours.length)) expect(list.length).toBeGreaterThan(0);
  expect(changesOfHands).toBeGreaterThan(50);
});

testWith("sqlite3")("claims wait while a native client holds the lock, are told who does, and are each served once it leaves", async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const ids = await seedTasks(dbPath, Array.from({ length: 5 }, (_, seq) => ({ goal: `task ${seq}`, seq })));
  const workers = await Promise.all(Array.from({ length: 4 }, () => Actor.start(folder)));
  await Promise.all(workers.map((worker) => worker.ask("open", [dbPath])));
  await workers[0]!.ask("open", [dbPath, { timeoutMs: 200 }], { handle: "impatient" });
  const native = new Program(spawn(toolPath("sqlite3"), ["-vfs", "unix-dotfile", dbPath], { stdio: ["pipe", "pipe", "pipe"] }));
  native.say("BEGIN IMMEDIATE; UPDATE tasks SET status = 'done' WHERE seq = 0; SELECT 'holds';");
  await native.hear("holds");

  const refused = await workers[0]!.tell("claimTask", [{ workerId: "impatient" }], { handle: "impatient" });
  expect(refused.error).toMatchObject({ code: "BUSY", message: expect.stringMatching(/native client/) });
  const claims = workers.map((worker, index) => worker.ask<Claim>("claimTask", [{ workerId: `w${index}` }]));
  await Promise.all(workers.map((worker) => untilInLine(dbPath, worker.program.pid)));
  expect(inLine(dbPath)).toHaveLength(workers.length);
  native.say("COMMIT;");
  await native.rest();
  expect((await Promise.all(claims)).map(({ id }) => id).toSorted()).toEqual(ids.slice(1).toSorted());
  await Promise.all(workers.map((worker) => worker.ask("close")));
  expect(sqlite3(dbPath, "SELECT status, count(*) FROM tasks GROUP BY status; PRAGMA integrity_check")).toBe("claimed|4\ndone|1\nok");
});
