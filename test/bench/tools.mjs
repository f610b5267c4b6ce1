// Shared by the benchmarks: colonies to measure on, processes to race, numbers to print.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";

const here = fileURLToPath(new URL(".", import.meta.url));
export const referenceFolder = join(here, "../compat");
const nativeScript = join(here, "native.py");

/** Calls `use` with the path of a new colony's database; the colony goes afterwards. */
export async function withColony(use) {
  const folder = mkdtempSync(join(tmpdir(), "hive-bench-"));
  try {
    return await use(await ensureProgressDb(join(folder, "colony")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function plainTasks(count) {
  return Array.from({ length: count }, (_, i) => ({ goal: `task ${i}`, payload: { i } }));
}

export async function seconds(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Runs the native side and returns the number it prints last. */
export function native(...args) {
  return Number(execFileSync("python3", [nativeScript, ...args.map(String)], { encoding: "utf8" }).trim().split("\n").at(-1));
}

/** Exact delivery: every task done once, the file sound. Read by the native shell. */
export function checkAllDone(path, count) {
  const out = execFileSync("sqlite3", [path, "PRAGMA integrity_check; SELECT count(*), count(DISTINCT claim_token), sum(status = 'done') FROM tasks"], { encoding: "utf8" });
  if (out !== `ok\n${count}|${count}|${count}\n`) throw new Error(`tasks were lost or done twice: ${out}`);
}

/** Starts processes, lets them go together, and returns each one's number and the time until the last ended. */
export async function race(commands) {
  const processes = commands.map(([command, ...args]) => spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] }));
  const outputs = processes.map((child) => ({ text: "", child }));
  const ended = Promise.all(outputs.map((output) => new Promise((resolve, reject) => {
    output.child.stdout.on("data", (data) => (output.text += data));
    output.child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`a racer ended with ${code}`))));
  })));
  await Promise.all(processes.map((child) => new Promise((resolve) => child.stdout.once("data", resolve))));
  const time = await seconds(async () => {
    for (const child of processes) child.stdin.write("go\n");
    await ended;
  });
  for (const child of processes) child.stdin.end();
  return { time, numbers: outputs.map(({ text }) => Number(text.trim().split("\n").at(-1))) };
}

export const nativeDrainers = (path, count) =>
  Array.from({ length: count }, (_, i) => ["python3", nativeScript, "drain", path, `native-${i}`]);
export const ownDrainers = (path, count) =>
  Array.from({ length: count }, (_, i) => [process.execPath, join(here, "drain.mjs"), path, `own-${i}`]);

export async function withDb(path, options, use) {
  const db = await openProgressDb(path, options);
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

export async function claimAndComplete(db, workerId, count) {
  for (let i = 0; i < count; i++) await db.completeTask(await db.claimTask({ workerId }));
}
