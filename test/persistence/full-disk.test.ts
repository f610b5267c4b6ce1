import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ensureProgressDb, openProgressDb, type OpenOptions } from "hive-progress-db";
import { describe, expect, onTestFinished } from "vitest";
import { outputOf, sqlite3, startNode, tempDir, testAsRoot, testWith, writeProgram } from "../helpers.ts";
import { NativeChecker } from "../native-checker.ts";
import { clock, databaseOf, filesBefore, OPERATIONS, writeFiles } from "../operations.ts";

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

/** A disk of memory of two megabytes, gone when the test ends. */
function smallDisk(folder: string): string {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
  onTestFinished(() => void execFileSync("umount", ["-l", disk]));
  return disk;
}

/** Fills the disk but for so many pages; returns what takes that back. */
function leaveRoom(disk: string, pages: number): () => void {
  const ballast = join(disk, "ballast");
  const fd = openSync(ballast, "w");
  let written = 0;
  try {
    for (;;) written += writeSync(fd, Buffer.alloc(4096));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOSPC") throw error;
  }
  ftruncateSync(fd, Math.max(0, written - pages * 4096));
  closeSync(fd);
  return () => rmSync(ballast);
}

describe("a full disk", () => {
  testAsRoot("fails the write that does not fit, with a clear code, and nothing else", async () => {
    const folder = tempDir();
    const disk = smallDisk(folder);
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

  (process.getuid?.() === 0 ? testWith("python3") : testAsRoot)("leaves every operation done or undone, whatever room there is", { timeout: 600_000 }, async () => {
    const native = new NativeChecker();
    onTestFinished(() => native.close());
    const folder = tempDir();
    const disk = smallDisk(folder);
    const told = { done: 0, undone: 0 };
    for (const { name, before, run } of OPERATIONS) {
      if (name === "a group") continue; // Some of it may fit.
      const files = await filesBefore(before);
      const work = async (colony: string, options: OpenOptions): Promise<void> => {
        if ("colony" in run) return void (await Promise.all(run.colony(colony, options)));
        const db = await openProgressDb(databaseOf(colony), options);
        try {
          await Promise.all(run.handle(db));
        } finally {
          await db.close();
        }
      };
      const shapes = { before: "", after: "" };
      for (const what of ["before", "after"] as const) {
        const colony = join(folder, name, what, "colony");
        writeFiles(databaseOf(colony), files);
        if (what === "after") await work(colony, { clock, nativeClients: "none" });
        shapes[what] = (await native.shape(databaseOf(colony))).hash;
      }
      for (const pages of [0, 1, 2, 3, 5, 8, 13, 30, 200]) {
        const colony = join(disk, "colony");
        const path = databaseOf(colony);
        writeFiles(path, files);
        const giveBack = leaveRoom(disk, pages);
        const error = await work(colony, { clock, nativeClients: "none" }).then(() => undefined, (reason: unknown) => reason);
        giveBack();
        const place = `${name}, ${pages} pages`;
        expect((await native.shape(path)).hash, place).toBe(error === undefined ? shapes.after : shapes.before);
        if (error !== undefined) expect(error, place).toMatchObject({ code: "IO", hint: expect.stringContaining("full") });
        told[error === undefined ? "done" : "undone"]++;
        expect(readdirSync(join(path, "..")).filter((file) => file.includes("lock")), place).toEqual([]);
        await ensureProgressDb(colony, { clock, nativeClients: "none" });
        rmSync(colony, { recursive: true });
      }
    }
    process.stdout.write(`a disk with less and less room: ${told.done} operations done, ${told.undone} undone\n`);
    expect(Math.min(told.done, told.undone)).toBeGreaterThan(OPERATIONS.length);
  });
});
