import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { native } from "hive-progress-db/lock/native";
import { lockCases } from "hive-progress-db/testing";
import { describe, expect, test } from "vitest";
import { killedDatabase } from "../colony-kit.ts";
import { root, sqlite3, tempDir, testWith } from "../helpers.ts";
import { Program, startOn } from "../processes/program.ts";

/** The native lock, on the runtimes that have a foreign function interface, against ordinary native clients. */

const RUNTIMES = ["deno", "bun"] as const;
const INSERT = `INSERT INTO tasks (id, seq, goal, created_at, updated_at)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT 'task-' || i, i, 'goal', '2026', '2026' FROM n`;

async function seeded(journalMode: "wal" | "truncate"): Promise<string> {
  const path = await ensureProgressDb(tempDir());
  sqlite3(path, `PRAGMA journal_mode = ${journalMode}; ${INSERT}`);
  return path;
}

function ordinaryClaimer(path: string, name: string): Program {
  const script = join(root, "test/processes/native-claimer.sh");
  return new Program(spawn("sh", [script, path, name, "unix", "0.05"], { stdio: ["pipe", "pipe", "pipe"] }));
}

describe.each(RUNTIMES)("the native lock on %s", (runtime) => {
  testWith(runtime)("passes the conformance cases", async () => {
    const folder = tempDir();
    const said = await startOn(runtime, folder, "native-lock", "cases", join(folder, "database")).rest();
    expect(said).toEqual(lockCases.map(({ name }) => name));
  });

  testWith(runtime, "sqlite3")("names the native client that holds the lock, and waits for it until the deadline", async () => {
    const path = await seeded("truncate");
    const program = startOn(runtime, dirname(path), "native-lock", "busy", path);
    await program.hear("ready");
    const shell = new Program(spawn("sqlite3", [path], { stdio: ["pipe", "pipe", "pipe"] }));
    shell.say("BEGIN IMMEDIATE; SELECT 'inside';");
    await shell.hear("inside");
    const start = performance.now();
    program.say("go");
    const error = JSON.parse(await program.line()) as { code: string; message: string; holder: { pid: number } };
    expect(performance.now() - start).toBeGreaterThan(950);
    expect(error.code).toBe("BUSY");
    expect(error.holder.pid).toBe(shell.pid);
    expect(error.message).toContain(`process ${shell.pid}`);
  });

  testWith(runtime, "sqlite3")("goes with its process: an ordinary client rolls the dead one's transaction back at once", async () => {
    const path = await seeded("truncate");
    const before = sqlite3(path, "SELECT count(*), min(goal), max(goal), max(worker_id) FROM tasks");
    const holder = startOn(runtime, dirname(path), "native-lock", "hold", path);
    await holder.hear("inside");
    expect(readFileSync(`${path}-journal`).length).toBeGreaterThan(10_000);
    expect(() => sqlite3(path, "SELECT count(*) FROM tasks")).toThrow(/database is locked/);
    holder.kill("SIGKILL");
    await holder.ended;
    expect(sqlite3(path, "SELECT count(*), min(goal), max(goal), max(worker_id) FROM tasks")).toBe(before);
    expect(sqlite3(path, "PRAGMA integrity_check")).toBe("ok");
  });
});

describe.each(["truncate", "wal"] as const)("a database in journal mode %s", (journalMode) => {
  testWith(...RUNTIMES, "sqlite3")("is drained by ours and by ordinary shells, each task claimed once", async () => {
    const path = await seeded(journalMode);
    const ours = RUNTIMES.flatMap((runtime) => [1, 2].map((n) => startOn(runtime, dirname(path), "native-lock", "claim", path, `ours-${runtime}-${n}`)));
    const theirs = [1, 2, 3].map((n) => ordinaryClaimer(path, `theirs-${n}`));
    await Promise.all([...ours, ...theirs].map((program) => program.hear("ready")));
    for (const program of [...ours, ...theirs]) program.say("go");
    const claimed = await Promise.all([...ours, ...theirs].map((program) => program.rest()));
    expect(claimed.flat()).toHaveLength(300);
    expect(new Set(claimed.flat()).size).toBe(300);
    // They did race.
    expect(claimed.slice(0, ours.length).flat().length).toBeGreaterThan(0);
    expect(claimed.slice(ours.length).flat().length).toBeGreaterThan(0);
    expect(sqlite3(path, "PRAGMA integrity_check; PRAGMA journal_mode")).toBe(`ok\n${journalMode === "wal" ? "wal" : "delete"}`);
    expect(sqlite3(path, "SELECT count(*), count(DISTINCT claim_token) FROM tasks WHERE status = 'claimed'")).toBe("300|300");
  });
});

testWith("bun", "python3", "sqlite3")("what a killed Python left in its -wal is found, and the file stays in WAL mode", async () => {
  const folder = tempDir();
  const path = killedDatabase(folder);
  const pending = Number(sqlite3(`file:${path}?mode=ro`, "SELECT count(*) FROM tasks WHERE status = 'pending'") || "0");
  const program = startOn("bun", folder, "native-lock", "claim", path, "w");
  await program.hear("ready");
  program.say("go");
  expect(await program.rest()).toHaveLength(pending);
  expect(pending).toBeGreaterThan(0);
  expect(sqlite3(path, "PRAGMA integrity_check; PRAGMA journal_mode")).toBe("ok\nwal");
});

const hasFfi = process.getBuiltinModule?.("node:ffi" as "fs") !== undefined;
test.skipIf(hasFfi)("a runtime without a foreign function interface is told so, with the way out", () => {
  expect(() => native()).toThrow(expect.objectContaining({ code: "INVALID_INPUT", hint: expect.stringContaining("dotfile") }));
});
