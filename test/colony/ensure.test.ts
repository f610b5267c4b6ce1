import * as fs from "node:fs";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { nodeFile } from "hive-progress-db/persistence/node-file";
import { expect, test } from "vitest";
import { tempDir } from "../helpers.ts";
import { codeOf, manualClock, newColony, open, sha256, sidecars } from "../colony-kit.ts";

test("a colony's database is made with its folders, and its absolute path returned", async () => {
  const folder = join(tempDir(), "new", "colony");
  const path = await ensureProgressDb(folder);
  expect(path).toBe(join(realpathSync(folder), "data", "progress.db"));
  expect(readFileSync(path).subarray(0, 15).toString()).toBe("SQLite format 3");
  expect(sidecars(path)).toEqual([]);
});

test("a relative path, and one through a link, give the same database", async () => {
  const { folder, path } = await newColony();
  symlinkSync(folder, `${folder}-link`);
  expect(await ensureProgressDb(`${folder}-link`)).toBe(path);
  expect(await ensureProgressDb(relative(process.cwd(), folder))).toBe(path);
});

test("a second run changes no byte of the database and leaves no trace", async () => {
  const { folder, path } = await newColony();
  const db = await open(path);
  await db.seedTasks([{ goal: "g" }]);
  await db.claimTask({ workerId: "w" });
  const [hash, { mtimeMs }, files] = [sha256(path), statSync(path), readdirSync(join(folder, "data"))];
  expect(await ensureProgressDb(folder)).toBe(path);
  expect([sha256(path), statSync(path).mtimeMs, readdirSync(join(folder, "data"))]).toEqual([hash, mtimeMs, files]);
});

test("ensuring gives stale claims back, and tells the logger what it did", async () => {
  const clock = manualClock();
  const said: string[] = [];
  const logger = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
  const { folder, path } = await newColony({ clock, logger });
  expect(said).toEqual([expect.stringContaining("schema version 1")]);
  const db = await open(path, { clock });
  await db.seedTasks([{ id: "a", goal: "g" }]);
  await db.claimTask({ workerId: "w" });
  clock.advance(16);
  await ensureProgressDb(folder, { clock, logger });
  expect(await db.getTask("a")).toMatchObject({ status: "pending", retry_count: 1 });
  expect(said[1]).toContain("1 stale");
  await ensureProgressDb(folder, { clock, logger });
  expect(said).toHaveLength(2);
});

test.for(["a b", "it's \"quoted\"", "back\\slash", "new\nline", "名前 🐝", "%20?#&=", "..."])("a colony may be called %j", async (name) => {
  const folder = join(realpathSync(tempDir()), name);
  mkdirSync(folder);
  writeFileSync(join(folder, "worker.json"), '{"system_prompt": "p"}');
  const path = await ensureProgressDb(folder);
  expect(path).toBe(join(folder, "data", "progress.db"));
  expect(await (await open(path)).enqueueTask("g", { id: "x" })).toBe("x");
  expect(JSON.parse(readFileSync(join(folder, "worker.json"), "utf8"))).toEqual({
    system_prompt: "p", input_data: { db_path: path, colony_id: name, colony_data_dir: join(folder, "data") },
  });
});

test("many at once on one new colony make one database", async () => {
  const folder = join(tempDir(), "colony");
  const paths = await Promise.all(Array.from({ length: 10 }, () => ensureProgressDb(folder)));
  expect(new Set(paths).size).toBe(1);
  expect(await (await open(paths[0]!)).read((sql) => sql.all("SELECT key, value FROM colony_meta"))).toEqual([{ key: "schema_version", value: "1" }]);
});

test("what is no path is INVALID_INPUT, and a file in the way is an error that names it", async () => {
  expect(await codeOf(ensureProgressDb(""))).toBe("INVALID_INPUT");
  expect(await codeOf(ensureProgressDb(7 as never))).toBe("INVALID_INPUT");
  const { path } = await newColony();
  expect(await codeOf(ensureProgressDb(join(path, "inside")))).toBe("IO");
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("a new colony's folders outlive a power cut: the name of each is synced in the folder around it", async () => {
  const around = realpathSync(tempDir());
  const colony = join(around, "colonies", "new");
  const names = new Map<number, string>();
  const synced: string[] = [];
  const openSync = ((path: string, ...rest: [number, number?]) => {
    const fd = fs.openSync(path, ...rest);
    names.set(fd, path);
    return fd;
  }) as typeof fs.openSync;
  const fsyncSync = (fd: number): void => {
    synced.push(names.get(fd)!);
    fs.fsyncSync(fd);
  };
  const persistence = nodeFile({ ...fs, openSync, fsyncSync });
  await ensureProgressDb(colony, { persistence });
  expect(new Set(synced)).toEqual(new Set([around, join(around, "colonies"), colony, join(colony, "data")]));
  synced.length = 0;
  await ensureProgressDb(colony, { persistence });
  expect(synced).toEqual([]);
});

test("a colony is made also where the folder around it may not be opened", async () => {
  const openSync = ((path: string, ...rest: [number, number?]) => {
    if (!path.includes("colony")) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    return fs.openSync(path, ...rest);
  }) as typeof fs.openSync;
  const path = await ensureProgressDb(join(tempDir(), "colony"), { persistence: nodeFile({ ...fs, openSync }) });
  expect(existsSync(path)).toBe(true);
});
