import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { native } from "../colony-kit.ts";
import { root, sqlite3, tempDir, testWith, toolPath } from "../helpers.ts";
import { OURS, run } from "./sqlite3-kit.ts";

/** `colony-sqlite3` as a process: signals, pipes, runtimes. */

const testWithSqlite3 = testWith("sqlite3");

function database(): string {
  const path = join(tempDir(), "a.db");
  sqlite3(path, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  return path;
}

function start(...args: string[]): ChildProcess {
  const child = spawn(OURS[0]!, [...OURS.slice(1), ...args], { stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const ended = (child: ChildProcess): Promise<number | NodeJS.Signals | null> =>
  new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
const output = (child: ChildProcess): Promise<string> => new Promise((resolve) => child.stdout!.once("data", (data) => resolve(String(data))));
/** Ours but for what outlives a session: an empty journal. */
const leftBeside = (path: string): string[] =>
  readdirSync(join(path, "..")).filter((name) => name !== "a.db" && !(name === "a.db-journal" && statSync(`${path}-journal`).size === 0));

describe("Ctrl-C", () => {
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    testWithSqlite3(`${signal} in an open transaction that waits for input rolls back and lets go of the lock`, async () => {
      const path = database();
      const child = start(path);
      child.stdin!.write("BEGIN IMMEDIATE;\nUPDATE t SET x = 2;\nSELECT 'inside';\n");
      expect(await output(child)).toBe("inside\n");
      expect(existsSync(`${path}.lock`)).toBe(true);
      child.kill(signal);
      expect(await ended(child)).toBe(status);
      expect(leftBeside(path)).toEqual([]);
      expect(native(path, "SELECT x FROM t; UPDATE t SET x = 3 RETURNING x")).toBe("1\n3");
    });
  }

  testWithSqlite3("while it waits for the lock it leaves the line, and the holder's lock alone", async () => {
    const path = database();
    const holder = start(path);
    holder.stdin!.write("BEGIN IMMEDIATE;\nSELECT 'inside';\n");
    await output(holder);
    const waiter = start("-cmd", ".timeout 20000", path, "UPDATE t SET x = 2");
    while (!readdirSync(`${path}.lock-owners`).some((name) => name.startsWith("waiting-"))) await delay(10);
    waiter.kill("SIGINT");
    expect(await ended(waiter)).toBe(130);
    expect(readdirSync(`${path}.lock-owners`).filter((name) => name.startsWith("waiting-"))).toEqual([]);
    expect(existsSync(`${path}.lock`)).toBe(true);
    holder.stdin!.end("COMMIT;\n");
    expect(await ended(holder)).toBe(0);
    expect(leftBeside(path)).toEqual([]);
  });

  testWithSqlite3("in the midst of a statement it ends at once, and the next of ours rolls back and goes on", async () => {
    const path = database();
    const child = start(path);
    child.stdin!.write("BEGIN IMMEDIATE;\nUPDATE t SET x = 2;\nSELECT 'inside';\n");
    await output(child);
    child.stdin!.write("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;\n");
    await delay(500); // It is counting without end, and reads no more input.
    child.kill("SIGINT");
    expect(await ended(child)).toBe("SIGINT");
    expect(await run(OURS, [path, "SELECT x FROM t; UPDATE t SET x = 3 RETURNING x"])).toEqual({ stdout: "1\n3\n", stderr: "", status: 0 });
    expect(leftBeside(path)).toEqual([]);
    expect(native(path, "SELECT x FROM t; PRAGMA integrity_check")).toBe("3\nok");
  });
});

testWithSqlite3("input may come bit by bit: each statement is answered when it is whole", async () => {
  const child = start(database());
  child.stdin!.write("SELECT ");
  await delay(100);
  child.stdin!.write("x FROM t;\n");
  expect(await output(child)).toBe("1\n");
  child.stdin!.write("INSERT INTO t VALUES ('é");
  await delay(50);
  child.stdin!.write("→');\nSELECT max(x) FROM t;\n");
  expect(await output(child)).toBe("é→\n");
  child.stdin!.end();
  expect(await ended(child)).toBe(0);
});

testWithSqlite3("a reader that goes ends it quietly, as it does the real shell, and the lock is free", () => {
  const path = database();
  const script = 'set -o pipefail; "$@" | head -n 1; echo "${PIPESTATUS[0]}"';
  const sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT i, 'some text to fill the pipe' FROM n, t";
  for (const shell of [["sqlite3"], OURS]) {
    const said = execFileSync("bash", ["-c", `${script} 2>&1`, "bash", ...shell, path, sql], { encoding: "utf8" });
    expect(said).toBe("1|some text to fill the pipe\n141\n");
    expect(leftBeside(path)).toEqual([]);
  }
});

test("a large result arrives whole", async () => {
  const { stdout, status } = await run(OURS, [":memory:", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i, 'some text to fill the pipe' FROM n"]);
  expect(status).toBe(0);
  const lines = stdout.split("\n");
  expect(lines).toHaveLength(300_001);
  expect(lines[299_999]).toBe("300000|some text to fill the pipe");
});

describe("every runtime", () => {
  const cli = OURS[1]!;
  /** The same session everywhere: SQL in arguments, in input, a failure, a write that the native shell sees. */
  async function session(command: readonly string[]): Promise<void> {
    const path = database();
    expect(await run(command, ["-json", path, "SELECT x, 1.5 AS r FROM t", ".tables"])).toEqual({ stdout: '[{"x":1,"r":1.5}]\nt\n', stderr: "", status: 0 });
    const input = "BEGIN IMMEDIATE;\nUPDATE t SET x = 'é' RETURNING x;\nCOMMIT;\nSELECT * FROM nope;\n";
    const fed = await run(command, [path], { input });
    expect(fed).toMatchObject({ status: 1, stderr: "Parse error near line 4: no such table: nope\n" });
    expect(Buffer.from(fed.stdout, "latin1").toString("utf8")).toBe("é\n");
    expect((await run(command, ["-readonly", path, "DELETE FROM t"])).status).toBe(8);
    expect(native(path, "SELECT x FROM t")).toBe("é");
    expect(leftBeside(path)).toEqual([]);
    expect((await run(command, ["-version"])).stdout).toContain("(colony-sqlite3)");
  }

  testWithSqlite3("Node", () => session(OURS));
  testWith("sqlite3", "deno")("Deno", () => session([toolPath("deno"), "run", "--allow-all", cli]));
  testWith("sqlite3", "bun")("Bun", () => session([toolPath("bun"), cli]));
  testWith("sqlite3", "bun")("a binary that Bun compiled, where the package is not", { timeout: 60_000 }, async () => {
    const binary = join(tempDir(), "colony-sqlite3");
    execFileSync(toolPath("bun"), ["build", "--compile", cli, "--outfile", binary], { cwd: root, stdio: "pipe" });
    await session([binary]);
  });
});

testWithSqlite3("-init, .read and .once reach files, and -safe does not", async () => {
  const path = database();
  const folder = join(path, "..");
  writeFileSync(join(folder, "rc"), ".mode json\n");
  writeFileSync(join(folder, "q.sql"), "SELECT x FROM t;\n.print done\n");
  expect((await run(OURS, ["-init", "rc", path, ".read q.sql"], { cwd: folder })).stdout).toBe('[{"x":1}]\ndone\n');
  expect(await run(OURS, ["-safe", path, ".once out"], { cwd: folder })).toMatchObject({ status: 1 });
  expect(existsSync(join(folder, "out"))).toBe(false);
});
