import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { describe, expect, onTestFinished } from "vitest";
import { outputOf, sqlite3, startNode, tempDir, testAsRoot, testWith, writeProgram } from "../helpers.ts";

/** Seeds more than there is room for, then a little; tells what became of both. */
const seedTooMuch = (path: string): string => `
  import { openProgressDb } from "hive-progress-db";
  const db = await openProgressDb(${JSON.stringify(path)});
  const before = await db.enqueueTask("before");
  const much = Array.from({ length: 40 }, (_, i) => ({ goal: "too much " + i, payload: "x".repeat(100_000) }));
  const outcomes = await Promise.allSettled([db.seedTasks(much), db.enqueueTask("beside it")]);
  const after = await db.enqueueTask("after").catch((error) => error.code);
  console.log(JSON.stringify({ outcomes: outcomes.map(({ status, reason }) => reason ? [reason.code, reason.hint] : status) }));
  await db.close();
`;

async function fill(folder: string, path: string): Promise<void> {
  const { outcomes } = JSON.parse(await outputOf(startNode(folder, "fill.mjs", seedTooMuch(path)))) as { outcomes: unknown[] };
  expect(outcomes[0]).toEqual(["IO", expect.stringContaining("full")]);
  // It shared a transaction with the one that failed, and then got one of its own.
  expect(outcomes[1]).toBe("fulfilled");
  expect(sqlite3(path, "PRAGMA integrity_check; SELECT group_concat(goal, ', ') FROM (SELECT goal FROM tasks ORDER BY rowid)"))
    .toBe("ok\nbefore, beside it, after");
  expect(() => statSync(`${path}.lock`)).toThrow("ENOENT");
}

describe("a full disk", () => {
  testAsRoot("fails the write that does not fit, with a clear code, and nothing else", async () => {
    const folder = tempDir();
    const disk = join(folder, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
    onTestFinished(() => void execFileSync("umount", [disk]));
    await fill(folder, await ensureProgressDb(join(disk, "colony")));
  });

  testWith("sqlite3")("is told from other failures also when the limit is on a file's size", async () => {
    const folder = tempDir();
    const path = await ensureProgressDb(join(folder, "colony"));
    const program = writeProgram(folder, "fill.mjs", seedTooMuch(path));
    const out = execFileSync("bash", ["-c", 'ulimit -f 2000 && exec "$0" "$1"', process.execPath, program], { encoding: "utf8" });
    const { outcomes } = JSON.parse(out) as { outcomes: unknown[] };
    expect(outcomes).toEqual([["IO", expect.stringContaining("full")], "fulfilled"]);
    expect(sqlite3(path, "PRAGMA integrity_check; SELECT count(*) FROM tasks")).toBe("ok\n3");
  });
});
