import * as fs from "node:fs";
import { join } from "node:path";
import { openProgressDb, type OpenOptions } from "hive-progress-db";
import { nodeFile } from "hive-progress-db/persistence/node-file";
import { overlay } from "hive-progress-db/persistence/overlay";
import { expect, onTestFinished, test, vi } from "vitest";
import { failure, nativeRefusal, newColony } from "../colony-kit.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { Remains, deadProcess } from "../lock/remains.ts";
import type { FaultyFs, Mode } from "./faulty-fs.ts";

/** What the faults at every call found, one by one. */

const faulty = vi.hoisted(() => ({ fs: undefined as unknown as FaultyFs }));
vi.mock("node:fs", async (importOriginal) => {
  const { FaultyFs: Faulty } = await import("./faulty-fs.ts");
  faulty.fs = new Faulty();
  return faulty.fs.wrap(await importOriginal());
});

/** For what mends itself, also on a busy machine. */
const PATIENT = { timeout: 10_000 };

/** Does something twice: to find the last call that matches, and again, to make it fail. */
async function failing<T>(mode: Mode, call: RegExp, work: (path: string) => Promise<T>): Promise<{ path: string; outcome: T }> {
  const measured = await newColony();
  faulty.fs.arm(measured.folder);
  await work(measured.path);
  const at = faulty.fs.calls.filter((each) => call.test(each)).length;
  expect(at).toBeGreaterThan(0);
  const { folder, path } = await newColony();
  faulty.fs.arm(folder, { at, call, kind: "EIO", mode });
  const outcome = await work(path);
  faulty.fs.disarm();
  expect(faulty.fs.fired[0]).toMatch(call);
  return { path, outcome };
}

testWith("sqlite3")("a group whose last sync fails is not done a second time, and the error says that it may have been done", async () => {
  const { path, outcome } = await failing("once", /fdatasyncSync .*-journal$/, async (dbPath) => {
    const db = await openProgressDb(dbPath);
    const outcomes = await Promise.allSettled([db.enqueueTask("a"), db.enqueueTask("b")]);
    await db.close();
    return outcomes;
  });
  for (const each of outcome) {
    const error = await failure(each.status === "rejected" ? Promise.reject(each.reason as Error) : Promise.resolve());
    expect(error).toMatchObject({ code: "IO", details: { outcome: "unknown" }, hint: expect.stringContaining("look at what is in the database") });
  }
  expect(sqlite3(path, "SELECT goal FROM tasks ORDER BY goal")).toBe("a\nb");
});

testWith("sqlite3")("a group whose first sync fails has changed nothing, and each of it is tried alone", async () => {
  const { path, outcome } = await failing("once", /fdatasyncSync .*progress\.db$/, async (dbPath) => {
    const db = await openProgressDb(dbPath);
    const outcomes = await Promise.allSettled([db.enqueueTask("a"), db.enqueueTask("b")]);
    await db.close();
    return outcomes.map(({ status }) => status);
  });
  expect(outcome).toEqual(["fulfilled", "fulfilled"]);
  expect(sqlite3(path, "SELECT goal FROM tasks ORDER BY goal")).toBe("a\nb");
});

for (const mode of ["once", "for good"] as const) {
  test(`a lock whose removal fails ${mode} is given back as soon as that goes, and its own handle is not shut out`, async () => {
    const { path, outcome: db } = await failing(mode, /unlinkSync .*\.lock$/, async (dbPath) => {
      const handle = await openProgressDb(dbPath, { timeoutMs: 50 });
      onTestFinished(() => handle.close());
      await handle.enqueueTask("a").catch(() => {});
      return handle;
    });
    await vi.waitFor(() => expect(fs.existsSync(new Remains(path).lock)).toBe(false), PATIENT);
    await db.enqueueTask("b");
    expect(fs.existsSync(new Remains(path).lock)).toBe(false);
  });
}

test("a handle closed while nothing can be removed leaves nothing once it can", async () => {
  const { path } = await failing("for good", /unlinkSync .*\.lock$/, async (dbPath) => {
    const db = await openProgressDb(dbPath, { timeoutMs: 50 });
    await db.enqueueTask("a").catch(() => {});
    await db.close().catch(() => {});
  });
  const { lock, owners } = new Remains(path);
  await vi.waitFor(() => expect([lock, owners].filter((each) => fs.existsSync(each))).toEqual([]), PATIENT);
});

test("an inheritance that fails on the way is gone on with", async () => {
  const dead = await deadProcess();
  const { outcome } = await failing("once", /renameSync/, async (path) => {
    new Remains(path).holder(dead);
    const options: OpenOptions = {};
    await openProgressDb(path, options).then((db) => db.close(), () => {});
    const db = await openProgressDb(path, options);
    await db.enqueueTask("a");
    await db.close();
    return fs.existsSync(new Remains(path).owners);
  });
  expect(outcome).toBe(false);
});

testWith("sqlite3")("a journal that could not be rolled back keeps the lock shut to native clients, until one of ours has done it", async () => {
  const { path, outcome: db } = await failing("for good", /writeSync .*progress\.db$/, async (dbPath) => {
    const handle = await openProgressDb(dbPath);
    onTestFinished(() => handle.close());
    await handle.enqueueTask("a").catch(() => {});
    return handle;
  });
  expect(fs.statSync(`${path}-journal`).size).toBeGreaterThan(0);
  await vi.waitFor(() => expect(JSON.parse(fs.readFileSync(new Remains(path).lock, "utf8"))).toMatchObject({ isBroken: true }), PATIENT);
  expect(nativeRefusal(path, "SELECT * FROM tasks")).toContain("locked");
  expect((await db.getProgress()).total).toBe(0);
  expect(sqlite3(path, "PRAGMA integrity_check")).toBe("ok");
  expect(fs.existsSync(new Remains(path).lock)).toBe(false);
});

test("a file that cannot be given its model's mode is closed again", () => {
  const folder = tempDir();
  fs.writeFileSync(join(folder, "model"), "");
  faulty.fs.arm(folder, { at: 1, call: /^fchmodSync/, kind: "EIO", mode: "once" });
  expect(() => nodeFile().open(join(folder, "new"), { create: true, like: join(folder, "model") })).toThrow("EIO");
  faulty.fs.disarm();
  expect(faulty.fs.fired).toEqual(["fchmodSync new"]);
  expect([...faulty.fs.open.values()].filter((path) => path.startsWith(folder))).toEqual([]);
});

test("an overlay closes all files below it, also when closing one fails", () => {
  const folder = tempDir();
  const store = overlay(nodeFile());
  for (const name of ["a", "b"]) {
    fs.writeFileSync(join(folder, name), "");
    store.open(join(folder, name), { create: false });
  }
  faulty.fs.arm(folder, { at: 1, kind: "EIO", mode: "once" });
  store.close();
  faulty.fs.disarm();
  expect(faulty.fs.calls).toEqual(["closeSync a", "closeSync b"]);
});

test("watch says with a code that the file cannot be read", async () => {
  const { folder, path } = await newColony();
  const db = await openProgressDb(path);
  onTestFinished(() => db.close());
  faulty.fs.arm(folder, { at: 1, kind: "EIO", mode: "for good" });
  const error = await failure(db.watch().next());
  faulty.fs.disarm();
  expect(error.code).toBe("IO");
});

testWith("sqlite3")("a handle whose file could not be opened for writing once writes when it can again", async () => {
  const { path } = await newColony();
  let isDenied = true;
  const openSync: typeof fs.openSync = (name, flags, mode) => {
    if (isDenied && name === path && (Number(flags) & fs.constants.O_RDWR) !== 0) throw Object.assign(new Error("denied"), { code: "EACCES" });
    return fs.openSync(name, flags, mode);
  };
  const db = await openProgressDb(path, { persistence: nodeFile({ ...fs, openSync }) });
  onTestFinished(() => db.close());
  expect((await failure(db.enqueueTask("a"))).code).toBe("READ_ONLY");
  expect((await db.getProgress()).total).toBe(0);
  isDenied = false;
  await db.enqueueTask("b");
  expect(sqlite3(path, "SELECT goal FROM tasks")).toBe("b");
});
