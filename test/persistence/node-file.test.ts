import * as fs from "node:fs";
import { join } from "node:path";
import { nodeFile, type FileSystem } from "hive-progress-db/persistence/node-file";
import { describe, expect, test } from "vitest";
import { tempDir } from "../helpers.ts";

/** What a file system may do to a caller, done on purpose. */

const pattern = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

function interrupted<Call extends (...args: never[]) => unknown>(call: Call): { call: Call; interruptions: () => number } {
  let count = 0;
  const flaky = ((...args: Parameters<Call>) => {
    // Every call is interrupted once before it goes through.
    if (count++ % 2 === 0) throw Object.assign(new Error("EINTR"), { code: "EINTR" });
    return call(...args);
  }) as Call;
  return { call: flaky, interruptions: () => Math.ceil(count / 2) };
}

function roundTrip(system: FileSystem): Uint8Array {
  const path = join(tempDir(), "file");
  const file = nodeFile(system).open(path, { create: true });
  file.write(pattern, 10);
  file.sync();
  const back = new Uint8Array(pattern.length);
  expect(file.read(back, 10)).toBe(pattern.length);
  file.truncate(5);
  expect(file.size()).toBe(5);
  file.close();
  return back;
}

describe("nodeFile", () => {
  test("goes on after short reads and short writes", () => {
    let calls = 0;
    const readSync = ((fd: number, into: Uint8Array, offset: number, length: number, position: number) => {
      calls++;
      return fs.readSync(fd, into, offset, Math.min(length, 7), position);
    }) as typeof fs.readSync;
    const writeSync = ((fd: number, from: Uint8Array, offset: number, length: number, position: number) => {
      calls++;
      return fs.writeSync(fd, from, offset, Math.min(length, 7), position);
    }) as typeof fs.writeSync;
    expect(roundTrip({ ...fs, readSync, writeSync })).toEqual(pattern);
    expect(calls).toBeGreaterThan(2 * Math.floor(pattern.length / 7));
  });

  test("goes on after interrupted calls", () => {
    const read = interrupted(fs.readSync);
    const write = interrupted(fs.writeSync);
    const sync = interrupted(fs.fdatasyncSync);
    const truncate = interrupted(fs.ftruncateSync);
    const system = { ...fs, readSync: read.call, writeSync: write.call, fdatasyncSync: sync.call, ftruncateSync: truncate.call };
    expect(roundTrip(system)).toEqual(pattern);
    for (const { interruptions } of [read, write, sync, truncate]) expect(interruptions()).toBeGreaterThan(0);
  });

  test("gives up with EIO when a write makes no progress", () => {
    const writeSync = (() => 0) as typeof fs.writeSync;
    const file = nodeFile({ ...fs, writeSync }).open(join(tempDir(), "file"), { create: true });
    expect(() => file.write(pattern, 0)).toThrow(expect.objectContaining({ code: "EIO" }));
    file.close();
  });

  test("opens for reading what may only be read", () => {
    const path = join(tempDir(), "file");
    fs.writeFileSync(path, pattern);
    const openSync = ((target: string, flags: number, mode?: number) => {
      if ((flags & fs.constants.O_RDWR) !== 0) throw Object.assign(new Error("EROFS"), { code: "EROFS" });
      return fs.openSync(target, flags, mode);
    }) as typeof fs.openSync;
    const file = nodeFile({ ...fs, openSync }).open(path, { create: false });
    expect(file.readOnly).toBe(true);
    expect(file.size()).toBe(pattern.length);
    file.close();
  });

  test("refuses a folder with EISDIR, and keeps nothing open", () => {
    const opened: number[] = [];
    const closed: number[] = [];
    const openSync = ((...args: Parameters<typeof fs.openSync>) => {
      const fd = fs.openSync(args[0], fs.constants.O_RDONLY);
      opened.push(fd);
      return fd;
    }) as typeof fs.openSync;
    const closeSync = ((fd: number) => {
      closed.push(fd);
      fs.closeSync(fd);
    }) as typeof fs.closeSync;
    expect(() => nodeFile({ ...fs, openSync, closeSync }).open(tempDir(), { create: false })).toThrow(expect.objectContaining({ code: "EISDIR" }));
    expect(closed).toEqual(opened);
    expect(opened).toHaveLength(1);
  });

  test("resolves links to the file they name, also for a file that is yet to be", () => {
    const folder = fs.realpathSync(tempDir());
    fs.mkdirSync(join(folder, "real"));
    fs.symlinkSync(join(folder, "real"), join(folder, "link"));
    const store = nodeFile();
    expect(store.resolve(join(folder, "link", "new"))).toBe(join(folder, "real", "new"));
    fs.writeFileSync(join(folder, "real", "db"), "");
    fs.symlinkSync(join(folder, "real", "db"), join(folder, "db-link"));
    expect(store.resolve(join(folder, "db-link"))).toBe(join(folder, "real", "db"));
  });
});
