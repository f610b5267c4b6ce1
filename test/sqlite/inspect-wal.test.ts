import { copyFileSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";
import { inspectWal, type WalReport } from "hive-progress-db/sqlite";
import { nodeFile } from "hive-progress-db/persistence/node-file";
import { describe, expect } from "vitest";
import { hotJournal, liveWal, restartedWal } from "../browser/databases.ts";
import { newColony } from "../colony-kit.ts";
import { python, sqlite3, tempDir, testWith } from "../helpers.ts";

const withNatives = testWith("python3", "sqlite3");
const HEADER = 32;
const FRAME = 24 + 4096;

const inspect = (path: string): WalReport => inspectWal(nodeFile(), path);

/** How many tasks SQLite itself finds, once it has recovered a copy of the files. */
function recovered(path: string): number {
  const copy = join(tempDir(), "copy.db");
  for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, copy + suffix);
  return Number(sqlite3(copy, "SELECT count(*) FROM tasks"));
}

/** Changes one byte. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  const fd = openSync(path, "r+");
  writeSync(fd, Buffer.from([bytes[at]! ^ 0x55]), 0, 1, at);
  closeSync(fd);
}

describe("what a -wal holds", () => {
  withNatives("the four states, by files of real Python", async () => {
    const { path } = await newColony();
    expect(inspect(path)).toEqual({ state: "rollback" });
    expect(inspect(hotJournal(tempDir()))).toEqual({ state: "rollback" });
    const live = liveWal(tempDir());
    const whole = inspect(live);
    expect(whole).toMatchObject({ state: "merged", commits: 3 });
    expect((whole as { uncommitted: number }).uncommitted).toBeGreaterThan(40);
    expect(inspect(restartedWal(tempDir()))).toMatchObject({ state: "merged", commits: 1, uncommitted: 0 });
    truncateSync(`${live}-wal`, 0);
    expect(inspect(live)).toEqual({ state: "merged", frames: 0, commits: 0, uncommitted: 0 });
    rmSync(`${live}-wal`);
    expect(inspect(live)).toEqual({ state: "missing" });
  });

  withNatives("wherever it is cut or damaged, as many commits count as SQLite itself finds", () => {
    const path = liveWal(tempDir());
    const original = readFileSync(`${path}-wal`);
    const { frames } = inspect(path) as { frames: number };
    const commits = (): number => (inspect(path) as { commits: number }).commits;
    for (const cut of [0, 10, HEADER, HEADER + 1, HEADER + FRAME, HEADER + 4 * FRAME, HEADER + 4 * FRAME + 20, HEADER + (frames - 1) * FRAME, HEADER + frames * FRAME - 1]) {
      writeFileSync(`${path}-wal`, original.subarray(0, cut));
      expect(commits(), `cut at ${cut}`).toBe(recovered(path) - 2);
    }
    for (const at of [0, 5, 9, 17, 25, HEADER + 2, HEADER + 9, HEADER + 18, HEADER + 100, HEADER + 5 * FRAME + 4000, HEADER + (frames - 1) * FRAME + 6]) {
      writeFileSync(`${path}-wal`, original);
      flip(`${path}-wal`, at);
      expect(commits(), `damaged at ${at}`).toBe(recovered(path) - 2);
      // A first salt that is lower than the header's is what a log begun anew leaves over.
      if (at !== HEADER + 9) expect(inspect(path).state, `damaged at ${at}`).toBe("torn");
    }
  });

  withNatives("says where it stops, and why", () => {
    const path = liveWal(tempDir());
    const original = readFileSync(`${path}-wal`);
    const stop = (at: number): unknown => {
      writeFileSync(`${path}-wal`, original);
      flip(`${path}-wal`, at);
      return (inspect(path) as { stop?: unknown }).stop;
    };
    expect(stop(0)).toEqual({ frame: 0, reason: "format" });
    expect(stop(26)).toEqual({ frame: 0, reason: "checksum" });
    expect(stop(HEADER + 2 * FRAME + 500)).toEqual({ frame: 3, reason: "checksum" });
    expect(stop(HEADER + 2 * FRAME + 13)).toEqual({ frame: 3, reason: "salt" });
    writeFileSync(`${path}-wal`, original.subarray(0, HEADER + 7 * FRAME + 3));
    expect(inspect(path)).toMatchObject({ state: "torn", stop: { frame: 8, reason: "cut off" } });
  });

  withNatives("one that belongs to another state of the database, or to another database, is torn", () => {
    const [path, other] = [liveWal(tempDir()), restartedWal(tempDir())];
    // Copied while the log began anew: the header is of before, the frames are of after.
    const [before, after] = [readFileSync(`${other}-wal`), Buffer.from(readFileSync(`${other}-wal`))];
    const salt = before.readUInt32BE(16);
    for (let at = HEADER; at < after.length; at += FRAME) after.writeUInt32BE(salt + 1, at + 8);
    writeFileSync(`${other}-wal`, after);
    expect(inspect(other)).toMatchObject({ state: "torn", stop: { frame: 1, reason: "salt" }, frames: 0 });
    const large = join(tempDir(), "large.db");
    python("import sqlite3, sys; con = sqlite3.connect(sys.argv[1]); con.execute('PRAGMA page_size = 8192'); con.execute('CREATE TABLE t (a)'); con.commit()", large);
    copyFileSync(`${path}-wal`, `${large}-wal`);
    expect(inspect(large)).toMatchObject({ state: "torn", stop: { frame: 0, reason: "page size" } });
  });

  withNatives("a missing database is NOT_FOUND", () => {
    expect(() => inspect(join(tempDir(), "none.db"))).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  });
});
