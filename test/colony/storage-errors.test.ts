import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureProgressDb, openProgressDb, seedTasks } from "hive-progress-db";
import { expect, onTestFinished, test } from "vitest";
import { outputOf, startNode, tempDir, testWith } from "../helpers.ts";
import { codeOf, failure, native, newColony, open, sha256 } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");

/** Every way in, and what it must say; afterwards the file is as before and no lock is left. */
async function refusesAll(path: string, code: string): Promise<void> {
  const before = sha256(path);
  for (const call of [
    () => openProgressDb(path), () => seedTasks(path, [{ goal: "g" }]), () => ensureProgressDb(join(dirname(path), "..")),
  ]) {
    const error = await failure(call());
    expect([call.toString(), error.code]).toEqual([call.toString(), code]);
    expect(error.message).toContain(path);
    expect(sha256(path)).toBe(before);
    expect(existsSync(`${path}.lock`)).toBe(false);
  }
}

test("a text file is CORRUPT, and is not touched", async () => {
  const { path } = await newColony();
  writeFileSync(path, "Dear diary,\n".repeat(1000));
  await refusesAll(path, "CORRUPT");
});

test("a short text file is CORRUPT too", async () => {
  const { path } = await newColony();
  writeFileSync(path, "Dear diary");
  await refusesAll(path, "CORRUPT");
});

test("a database cut off in the middle is CORRUPT, and is not touched", async () => {
  const { path } = await newColony();
  await seedTasks(path, Array.from({ length: 200 }, () => ({ goal: "g".repeat(300) })));
  truncateSync(path, Math.floor(readFileSync(path).length / 8192) * 4096);
  await refusesAll(path, "CORRUPT");
});

test("a database with a damaged header is CORRUPT, and is not touched", async () => {
  const { path } = await newColony();
  const bytes = readFileSync(path);
  bytes[0] = 0;
  writeFileSync(path, bytes);
  await refusesAll(path, "CORRUPT");
});

testWithSqlite3("damage deep inside is CORRUPT when it is met, and stays as it is", async () => {
  const { path } = await newColony();
  await seedTasks(path, Array.from({ length: 200 }, () => ({ goal: "g".repeat(300) })));
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096 * 12, 4096 * 20);
  writeFileSync(path, bytes);
  const before = sha256(path);
  const db = await open(path);
  expect(await codeOf(db.listTasks())).toBe("CORRUPT");
  expect(sha256(path)).toBe(before);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("an empty file is an empty database: it has no ledger until it is ensured", async () => {
  const { folder, path } = await newColony();
  truncateSync(path);
  const error = await failure(openProgressDb(path));
  expect(error.code).toBe("NOT_FOUND");
  expect(error.hint).toContain("ensureProgressDb");
  expect(await codeOf(seedTasks(path, [{ goal: "g" }]))).toBe("NOT_FOUND");
  expect(readFileSync(path)).toHaveLength(0);
  expect(existsSync(`${path}.lock`)).toBe(false);
  await ensureProgressDb(folder);
  expect(await seedTasks(path, [{ id: "a", goal: "g" }])).toEqual(["a"]);
});

testWithSqlite3("another program's database has no ledger, and is not touched", async () => {
  const path = join(tempDir(), "other.db");
  native(path, "CREATE TABLE notes (text)");
  const before = sha256(path);
  expect(await codeOf(openProgressDb(path))).toBe("NOT_FOUND");
  expect(sha256(path)).toBe(before);
  expect(readdirSync(dirname(path)).filter((name) => name.endsWith(".lock"))).toEqual([]);
});

test("a missing file, and a missing folder, are NOT_FOUND, and nothing is made", async () => {
  const folder = tempDir();
  for (const path of [join(folder, "missing.db"), join(folder, "missing", "progress.db")]) {
    const error = await failure(openProgressDb(path));
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toContain(path);
    expect(await codeOf(seedTasks(path, [{ goal: "g" }]))).toBe("NOT_FOUND");
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder at the path is an IO error that says so", async () => {
  const folder = tempDir();
  const path = join(folder, "data", "progress.db");
  mkdirSync(path, { recursive: true });
  for (const call of [() => openProgressDb(path), () => ensureProgressDb(folder)]) {
    const error = await failure(call());
    expect(error.code).toBe("IO");
    expect(error.message).toMatch(/directory/i);
  }
  expect(readdirSync(join(folder, "data"))).toEqual(["progress.db"]);
});

testWithSqlite3("a newer schema can be read, and refuses every write with NEWER_SCHEMA", async () => {
  const { folder, path } = await newColony();
  await seedTasks(path, [{ id: "a", goal: "g" }]);
  native(path, "PRAGMA user_version = 2; ALTER TABLE tasks ADD COLUMN novelty TEXT");
  const before = sha256(path);
  const db = await open(path);
  expect(await db.getTask("a")).toMatchObject({ goal: "g" });
  expect((await db.getProgress()).total).toBe(1);
  for (const call of [
    () => db.claimTask({ workerId: "w" }), () => db.enqueueTask("g"), () => db.reclaimStale(), () => db.transaction((sql) => sql.run("DELETE FROM tasks")),
    () => db.heartbeat({ id: "a", claim_token: "t" }), () => ensureProgressDb(folder), () => seedTasks(path, [{ goal: "g" }]),
  ]) {
    const error = await failure(call());
    expect(error).toMatchObject({ code: "NEWER_SCHEMA", details: { version: 2, supported: 1 } });
  }
  expect(sha256(path)).toBe(before);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

/** An unprivileged user's view: the process gives its rights up before it opens anything. */
async function asNobody(path: string): Promise<Record<string, string>> {
  const scripts = tempDir();
  for (const folder of [scripts, dirname(dirname(dirname(path)))]) chmodSync(folder, 0o755);
  return JSON.parse(await outputOf(startNode(scripts, "nobody.mjs", `
    import { openProgressDb, seedTasks, ensureProgressDb } from "hive-progress-db";
    if (process.getuid() === 0) process.setgid(65534), process.setgroups([]), process.setuid(65534);
    const outcome = (promise) => promise.then((value) => JSON.stringify(value), (error) => error.code + (error.hint ? "" : " without a hint: " + error.message));
    const [path] = process.argv.slice(2);
    const read = async () => {
      const db = await openProgressDb(path, { timeoutMs: 500 });
      const { total } = await db.getProgress();
      const write = await outcome(db.enqueueTask("g"));
      await db.close();
      return { total, write };
    };
    console.log(JSON.stringify({
      read: await outcome(read()),
      seed: await outcome(seedTasks(path, [{ goal: "g" }], { timeoutMs: 500 })),
      ensure: await outcome(ensureProgressDb(path.replace(/.data.progress.db$/, ""), { timeoutMs: 500 })),
    }));`, [path]))) as Record<string, string>;
}

async function seeded(): Promise<string> {
  const { path } = await newColony();
  await seedTasks(path, [{ goal: "g" }]);
  return path;
}

const READ_BUT_NOT_WRITTEN = { read: '{"total":1,"write":"READ_ONLY"}', seed: "READ_ONLY", ensure: "READ_ONLY" };

test("a file that may only be read can be read, and refuses writes with READ_ONLY", async () => {
  const path = await seeded();
  chmodSync(path, 0o444);
  chmodSync(dirname(path), 0o777);
  const before = sha256(path);
  expect(await asNobody(path)).toEqual(READ_BUT_NOT_WRITTEN);
  expect(sha256(path)).toBe(before);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("in a folder that may only be read, everything that needs the lock is READ_ONLY", async () => {
  const path = await seeded();
  chmodSync(path, 0o666);
  chmodSync(dirname(path), 0o555);
  onTestFinished(() => chmodSync(dirname(path), 0o755));
  const before = sha256(path);
  expect(await asNobody(path)).toEqual({ read: "READ_ONLY", seed: "READ_ONLY", ensure: "READ_ONLY" });
  expect(sha256(path)).toBe(before);
});

test("a file that may not even be read is READ_ONLY, with a hint", async () => {
  const path = await seeded();
  chmodSync(path, 0o000);
  chmodSync(dirname(path), 0o777);
  expect(await asNobody(path)).toEqual({ read: "READ_ONLY", seed: "READ_ONLY", ensure: "READ_ONLY" });
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("another user with write access to file and folder works as the owner does", async () => {
  const path = await seeded();
  for (const name of readdirSync(dirname(path))) if (name !== "progress.db") rmSync(join(dirname(path), name), { recursive: true });
  chmodSync(path, 0o666);
  chmodSync(dirname(path), 0o777);
  chmodSync(dirname(dirname(path)), 0o777);
  await seedTasks(path, [{ goal: "the owner's, which makes a journal" }]);
  const { read, seed, ensure } = await asNobody(path);
  expect([read, seed, ensure]).toEqual([
    expect.stringMatching(/^\{"total":2,"write":"\\"[0-9a-f-]{36}/), expect.stringMatching(/^\["[0-9a-f-]{36}"\]$/), JSON.stringify(path),
  ]);
  expect((await (await open(path)).getProgress()).total).toBe(4);
});

test("two users work on one database at once, each through a process of its own", async () => {
  const path = await seeded();
  for (const name of readdirSync(dirname(path))) if (name !== "progress.db") rmSync(join(dirname(path), name), { recursive: true });
  chmodSync(path, 0o666);
  chmodSync(dirname(path), 0o777);
  chmodSync(dirname(dirname(path)), 0o777);
  const db = await open(path);
  await db.enqueueTask("the owner's");
  const { read, seed } = await asNobody(path);
  expect(read).toMatch(/^\{"total":2,"write":"\\"[0-9a-f-]{36}/);
  expect(seed).toMatch(/^\["[0-9a-f-]{36}"\]$/);
  await db.enqueueTask("the owner's again");
  expect((await db.getProgress()).total).toBe(5);
});

test("a read-only mount is refused with READ_ONLY, since no lock can be made there", async ({ skip }) => {
  const path = await seeded();
  const folder = dirname(path);
  try {
    execFileSync("mount", ["--bind", "-o", "ro", folder, folder], { stdio: "ignore" });
  } catch {
    skip("this machine may not make bind mounts");
  }
  onTestFinished(() => void execFileSync("umount", [folder]));
  expect(await codeOf(seedTasks(path, [{ goal: "g" }]))).toBe("READ_ONLY");
  expect(await codeOf(openProgressDb(path))).toBe("READ_ONLY");
});
