import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureProgressDb, openProgressDb, reclaimStale, seedTasks } from "hive-progress-db";
import { expect, onTestFinished, type test } from "vitest";
import { outputOf, python, root, sqlite3, tempDir, testWith } from "../helpers.ts";
import { canDetectNatives, failure, killedDatabase, native, seedsDatabase, sha256, sidecars, WITH_SEED } from "../colony-kit.ts";

const testWithPython = testWith("python3", "sqlite3");

/** In a container native clients cannot be seen: then the caller has to vouch that there are none. */
const vouched = canDetectNatives ? {} : { nativeClients: "none" as const };

/** For what only shows where native clients can be seen. */
function testWithDetection(name: string, run: () => Promise<void>): ReturnType<typeof test> {
  if (canDetectNatives) return testWithPython(name, run);
  process.stderr.write(`SKIPPED: "${name}" needs to see all processes, which a container does not show\n`);
  return testWithPython.skip(name, run);
}

testWithPython("a database of the seed's passes from Python to us and back, and loses nothing", async () => {
  const folder = join(tempDir(), "colony");
  const path = seedsDatabase(folder, 2);
  expect(sqlite3(path, "PRAGMA journal_mode")).toBe("wal");

  expect(await ensureProgressDb(folder)).toBe(path);
  expect(await seedTasks(path, [{ id: "ours", goal: "ours", priority: 1 }])).toEqual(["ours"]);
  const db = await openProgressDb(path);
  const claims = await db.claimTasks({ workerId: "w", limit: 2 });
  expect(claims.map((claim) => claim.id)).toEqual(["ours", "t000"]);
  await db.completeTask(claims[0]!);
  await db.close();
  sqlite3(path, "UPDATE tasks SET claimed_at = datetime('now', '-1 hour') WHERE id = 't000'");
  expect(await reclaimStale(path)).toBe(1);

  expect(python(`${WITH_SEED}
path = Path(sys.argv[1])
seed.seed_tasks(path, [{"id": "python", "goal": "again", "priority": 2}])
con = seed._connect(path)
con.execute("UPDATE tasks SET status='claimed', claimed_at=datetime('now', '-1 hour') WHERE id='t001'")
con.close()
print(seed.reclaim_stale(path), seed.ensure_progress_db(path.parent.parent) == path)`, path)).toBe("1 True");
  expect(sqlite3(path, "PRAGMA journal_mode")).toBe("wal");

  const again = await openProgressDb(path);
  onTestFinished(() => again.close());
  expect((await again.claimTask({ workerId: "w" }))?.id).toBe("python");
  expect((await again.listTasks()).map((task) => [task.id, task.status, task.retry_count])).toEqual([
    ["t000", "pending", 1], ["t001", "pending", 1], ["ours", "done", 0], ["python", "claimed", 0],
  ]);
  await again.close();
  expect(sqlite3(path, "PRAGMA integrity_check")).toBe("ok");
});

testWithPython("what a killed Python process committed is there, what it did not is not, and our first write tidies up", async () => {
  const path = killedDatabase(join(tempDir(), "colony"));
  const db = await openProgressDb(path, vouched);
  onTestFinished(() => db.close());
  expect((await db.listTasks()).map((task) => task.id)).toEqual(["c0", "c1", "c2"]);

  expect((await db.claimTask({ workerId: "w", taskId: "c1" }))?.id).toBe("c1");
  expect(sidecars(path)).toEqual([]);
  expect((await db.listTasks()).map((task) => task.status)).toEqual(["pending", "claimed", "pending"]);
  expect(native(path, "PRAGMA integrity_check; SELECT group_concat(id) FROM tasks")).toBe("ok\nc0,c1,c2");
});

testWithPython("reading a database with a `-wal` left behind changes no byte of either", async () => {
  const path = killedDatabase(join(tempDir(), "colony"));
  const before = [sha256(path), sha256(`${path}-wal`)];
  const db = await openProgressDb(path, vouched);
  expect((await db.getProgress()).total).toBe(3);
  expect(await db.read((sql) => sql.get("SELECT count(*) AS n FROM tasks"))).toEqual({ n: 3 });
  await db.close();
  expect([sha256(path), sha256(`${path}-wal`)]).toEqual(before);
  expect(sqlite3(path, "SELECT count(*) FROM tasks")).toBe("3");
});

testWithPython("ensureProgressDb takes over a database whose `-wal` was left behind", async () => {
  const folder = join(tempDir(), "colony");
  const path = killedDatabase(folder);
  expect(await ensureProgressDb(folder, vouched)).toBe(path);
  expect(sidecars(path)).toEqual([]);
  expect(sqlite3(path, "PRAGMA journal_mode; SELECT count(*) FROM tasks")).not.toContain("wal");
});

testWithPython("from inside a container a `-wal` left behind is refused, until the caller vouches", async ({ skip }) => {
  const inside = ["-pf", "--mount-proc"];
  if (spawnSync("unshare", [...inside, "true"]).status !== 0) skip("this machine may not make process namespaces");
  const folder = tempDir();
  const path = killedDatabase(join(folder, "colony"));
  const before = [sha256(path), sha256(`${path}-wal`)];
  writeFileSync(join(folder, "open.mjs"), `
    import { openProgressDb } from ${JSON.stringify(join(root, "dist/index.js"))};
    const outcome = async (options) => {
      const db = await openProgressDb(process.argv[2], options);
      const { total } = await db.getProgress();
      await db.close();
      return total;
    };
    console.log(await outcome({}).catch((error) => error.code + " " + error.details.found), await outcome({ nativeClients: "none" }));`);
  expect(await outputOf(spawn("unshare", [...inside, process.execPath, join(folder, "open.mjs"), path]))).toBe("NATIVE_CLIENTS unknown 3\n");
  expect([sha256(path), sha256(`${path}-wal`)]).toEqual(before);
});

testWithPython("a database in WAL mode with a newer schema can be read, and refusing to write changes no byte of it", async () => {
  const path = seedsDatabase(join(tempDir(), "colony"), 2);
  sqlite3(path, "PRAGMA user_version = 2");
  const before = sha256(path);
  const db = await openProgressDb(path);
  onTestFinished(() => db.close());
  expect((await db.getProgress()).total).toBe(2);
  expect((await failure(db.claimTask({ workerId: "w" }))).code).toBe("NEWER_SCHEMA");
  expect((await failure(ensureProgressDb(join(path, "../..")))).code).toBe("NEWER_SCHEMA");
  expect(sha256(path)).toBe(before);
  expect(sqlite3(path, "PRAGMA journal_mode")).toBe("wal");
});

testWithDetection("a database that a live Python connection has open is refused, and works when Python has closed it", async () => {
  const path = seedsDatabase(join(tempDir(), "colony"), 1);
  const live = spawn("python3", ["-c", `${WITH_SEED}
con = seed._connect(Path(sys.argv[1]))
con.execute("UPDATE tasks SET goal = 'live'")
print("open", flush=True)
sys.stdin.read()
con.close()`, path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void live.kill("SIGKILL"));
  await new Promise((resolve) => live.stdout.once("data", resolve));
  const before = [sha256(path), sha256(`${path}-wal`)];

  for (const attempt of [
    () => openProgressDb(path),
    () => seedTasks(path, [{ goal: "g" }]),
    () => ensureProgressDb(join(path, "../..")),
  ]) {
    const error = await failure(attempt());
    expect(error.code).toBe("NATIVE_CLIENTS");
    expect(error.message).toContain("a native SQLite client has it open");
    expect(error.hint).toContain("close every native client");
  }
  expect([sha256(path), sha256(`${path}-wal`)]).toEqual(before);
  expect(existsSync(`${path}.lock`)).toBe(false);

  live.stdin.end();
  await new Promise((resolve) => live.once("close", resolve));
  const db = await openProgressDb(path);
  onTestFinished(() => db.close());
  expect((await db.claimTask({ workerId: "w" }))?.goal).toBe("live");
});

testWithDetection("a live Python connection that has only read is refused too", async () => {
  const path = seedsDatabase(join(tempDir(), "colony"), 1);
  const live = spawn("python3", ["-c", `${WITH_SEED}
con = seed._connect(Path(sys.argv[1]))
con.execute("SELECT * FROM tasks").fetchall()
print("open", flush=True)
sys.stdin.read()`, path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void live.kill("SIGKILL"));
  await new Promise((resolve) => live.stdout.once("data", resolve));
  expect((await failure(openProgressDb(path))).code).toBe("NATIVE_CLIENTS");
});
