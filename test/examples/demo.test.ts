import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, sqlite3, tempDir, testWith } from "../helpers.ts";

function demo(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ["examples/demo/start.mjs", ...args], { cwd: root, encoding: "utf8" });
}

testWith("sqlite3")("the demo checks every package, and a killed worker's task is finished by another", () => {
  const colony = join(tempDir(), "colony");
  const { status, stdout, stderr } = demo("--out", colony, "--workers", "3");
  expect(stderr).not.toContain("not as it should be");
  expect(status, stderr).toBe(0);

  const dbPath = join(colony, "data", "progress.db");
  const ask = (query: string): string => sqlite3(dbPath, query);
  expect(ask("PRAGMA integrity_check")).toBe("ok");
  expect(ask("SELECT DISTINCT status FROM tasks ORDER BY status")).toBe("done\nfailed");

  // Known packages, one for each way a task can end.
  const versionOf = (name: string): string =>
    (JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as { version: string }).version;
  const taskOf = (name: string): string => `goal = 'Check the licence of ${name} ${versionOf(name)}'`;
  expect(ask(`SELECT status, last_error FROM tasks WHERE ${taskOf("zod")}`)).toBe("done|");
  expect(ask(`SELECT key, note FROM sop_checklist WHERE task_id = (SELECT id FROM tasks WHERE ${taskOf("zod")}) ORDER BY rowid`))
    .toBe("licence-text-found|LICENSE\nlicence-allowed|MIT");
  const evidence = ask(`SELECT evidence FROM steps WHERE task_id = (SELECT id FROM tasks WHERE ${taskOf("zod")}) ORDER BY seq`).split("\n");
  expect(evidence).toEqual([
    expect.stringMatching(/^package\.json: [\d,]+ bytes, licence MIT$/),
    expect.stringMatching(/^LICENSE, [\d,]+ bytes, sha256 [0-9a-f]{64}$/),
    "MIT → permissive, allowed",
  ]);
  expect(ask(`SELECT status, last_error FROM tasks WHERE ${taskOf("stackback")}`))
    .toBe("failed|No licence text: the manifest says MIT, and no LICENSE or COPYING file is there.");
  expect(ask(`SELECT status, last_error FROM tasks WHERE ${taskOf("lightningcss")}`))
    .toBe("failed|Licence not allowed: MPL-2.0 is not on the allow list.");

  // The killed worker ended nothing after its death, and another one finished what it held.
  const [, killed, goal] = /^(worker-\d+) was killed with "(.+)" in hand\.$/m.exec(stdout) ?? [];
  expect(killed).toBeDefined();
  const [id, retries, finisher] = ask("SELECT goal, retry_count, worker_id FROM tasks WHERE retry_count > 0").split("|");
  expect([id, retries]).toEqual([goal, "1"]);
  expect(finisher).not.toBe(killed);
  expect(stdout).toContain(`The claim came back (retry_count 1), and ${finisher} finished it: `);

  const [counts] = stdout.split("\n");
  const number = (query: string): number => Number(ask(query));
  expect(counts).toContain(`${number("SELECT count(*) FROM tasks")} tasks: `
    + `${number("SELECT count(*) FROM tasks WHERE status = 'done'")} done, `
    + `${number("SELECT count(*) FROM tasks WHERE status = 'failed'")} failed, `
    + `${number("SELECT count(*) FROM steps WHERE status = 'done'")} of `);
  expect(stdout).toContain(`${number("SELECT count(*) FROM tasks WHERE last_error LIKE 'No licence text%'")}  No licence text\n`);
  expect(stdout).toContain(`sqlite3 ${dbPath} "SELECT status, count(*) FROM tasks GROUP BY status"\n`);
  expect(stdout + stderr).not.toContain("\u001B"); // No terminal: no colour, nothing redrawn.
});

test("the demo says how it is used when it is not used so", () => {
  const results = [["--workers", "0"], ["--workers", "many"], ["--what"]].map((args) => demo(...args));
  for (const { status, stdout, stderr } of results) {
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("usage: npm run demo");
  }
});

test("the demo leaves a colony that is there alone", () => {
  const colony = tempDir();
  mkdirSync(join(colony, "data"));
  writeFileSync(join(colony, "data", "progress.db"), "somebody's");
  const { status, stderr } = demo("--out", colony);
  expect(status).toBe(2);
  expect(stderr).toContain("is a colony already");
  expect(readFileSync(join(colony, "data", "progress.db"), "utf8")).toBe("somebody's");
});
