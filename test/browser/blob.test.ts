import { truncateSync } from "node:fs";
import type { Progress } from "hive-progress-db";
import type { WalReport } from "hive-progress-db/sqlite";
import { describe, expect } from "vitest";
import { sha256 } from "../colony-kit.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { call, newPage } from "./kit.ts";
import { hotJournal, liveWal, restartedWal } from "./databases.ts";

/** Picked files, read in a worker of a real browser. */

const inChromium = testWith("chromium", "python3", "sqlite3");

interface Opened {
  wal: WalReport;
  progress: Progress;
}

/** Picks files in a page and opens the database among them. */
async function pick(...paths: string[]): Promise<Opened & { sql: (text: string) => Promise<Record<string, unknown>[]> }> {
  const page = await newPage();
  await page.setInputFiles("#pick", paths);
  const opened = await call<Opened>(page, "pick", "<picked>");
  return { ...opened, sql: (text) => call(page, "sql", text) };
}

describe("a picked database", () => {
  inChromium("shows what a live -wal has committed, not what it has not, and stays as it is", async () => {
    const path = liveWal(tempDir());
    const before = [path, `${path}-wal`].map(sha256);
    const { wal, progress, sql } = await pick(path, `${path}-wal`);
    expect(wal).toMatchObject({ state: "merged", commits: 3 });
    expect(progress.total).toBe(5);
    expect(await sql("SELECT id FROM tasks WHERE id LIKE 'new%' ORDER BY id")).toHaveLength(3);
    expect(await sql("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect([path, `${path}-wal`].map(sha256)).toEqual(before);
  });

  inChromium("says that its newest commits may be missing when it was picked without its -wal", async () => {
    const { wal, progress } = await pick(liveWal(tempDir()));
    expect(wal).toEqual({ state: "missing" });
    expect(progress.total).toBe(2);
  });

  inChromium("counts a cut -wal up to its last whole commit, and says where it stops", async () => {
    const path = liveWal(tempDir());
    const { frames } = (await pick(path, `${path}-wal`)).wal as WalReport & { state: "merged" };
    truncateSync(`${path}-wal`, 32 + (frames - 1) * (4096 + 24) + 1000);
    const { wal, progress } = await pick(path, `${path}-wal`);
    expect(wal).toMatchObject({ state: "torn", stop: { frame: frames, reason: "cut off" }, commits: 2 });
    expect(progress.total).toBe(4);
  });

  inChromium("takes no harm from frames that a -wal begun anew has left over", async () => {
    const path = restartedWal(tempDir());
    const { wal, progress } = await pick(path, `${path}-wal`);
    expect(wal).toMatchObject({ state: "merged", commits: 1, uncommitted: 0 });
    expect(progress.total).toBe(201);
  });

  inChromium("has its hot -journal rolled back in memory", async () => {
    const path = hotJournal(tempDir());
    const before = [path, `${path}-journal`].map(sha256);
    const { wal, progress, sql } = await pick(path, `${path}-journal`);
    expect(wal).toEqual({ state: "rollback" });
    expect(progress.total).toBe(40);
    expect(await sql("SELECT count(*) AS n FROM tasks WHERE goal LIKE 'torn%'")).toEqual([{ n: 0 }]);
    expect(await sql("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect([path, `${path}-journal`].map(sha256)).toEqual(before);
  });

  inChromium("that changes on disk after the pick says so, with a code, and can be picked again", async () => {
    const path = liveWal(tempDir());
    const page = await newPage();
    await page.setInputFiles("#pick", [path]);
    await call(page, "pick", "<picked>");
    sqlite3(path, "PRAGMA journal_mode = DELETE"); // Merges the -wal.
    await expect(call(page, "pick", "<picked>")).rejects.toMatchObject({
      code: "IO", message: expect.stringContaining("changed on disk"), details: { errno: "ESTALE" }, hint: expect.stringContaining("again"),
    });
    await page.setInputFiles("#pick", [path]);
    expect(await call(page, "pick", "<picked>")).toMatchObject({ wal: { state: "rollback" }, progress: { total: 5 } });
  });

  inChromium("is refused on a page, with the way out", async () => {
    const page = await newPage();
    const error = await page.evaluate(() => window.onPage("blob"));
    expect(error).toMatchObject({ code: "IO", hint: expect.stringContaining("worker") });
  });
});
