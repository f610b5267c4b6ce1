import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureProgressDb } from "hive-progress-db";
import { sha256 } from "../colony-kit.ts";
import { tempDir } from "../helpers.ts";
import { colony, json, said, seeded, withDb } from "./kit.ts";

interface Tasks {
  tasks: { id: string; status: string; goal: string; payload: string | null }[];
}

test("flags stand anywhere, also before the command and behind its arguments; -- ends them", async () => {
  const { path } = await seeded([{ goal: "g", id: "a" }, { goal: "--not a flag", id: "--b" }]);
  const db = ["--db", path];
  expect(await said(["--plain", ...db, "list", "--fields", "id"])).toBe("a\n--b\n");
  expect(await said(["show", "a", "--json", ...db])).toContain('"id":"a"');
  expect(await said(["--limit", "1", "--status", "pending", "list", ...db, "--fields", "id", "-q"])).toBe("a\n"); // --fields alone is --plain.
  expect(await colony(["list", ...db, "--fields", "id,gaol"])).toMatchObject({ status: 2, stderr: expect.stringMatching(/no field gaol\n {2}there are: id, seq/) as string });
  expect(JSON.parse(await said([...db, "--json", "show", "--", "--b"]))).toMatchObject({ task: { goal: "--not a flag" } });
  const refused = await colony(["list", ...db, "--text", "--sort"]);
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("--text=--sort") as string });
  expect(await said(["list", ...db, "--text=--not", "--plain", "--fields", "id"])).toBe("--b\n");
});

test("several ids, unique beginnings, and - for stdin", async () => {
  const { path } = await seeded(["ab1", "ab2", "cd1"].map((id) => ({ id, goal: `goal of ${id}` })));
  const env = { COLONY_DB: path, COLONY_WORKER: "w" };
  for (const id of ["ab1", "ab2", "cd1"]) await said(["claim", "--id", id], { env });
  expect(await said(["heartbeat", "ab1", "ab2", "cd"], { env })).toBe("○ claimed  ab1\n○ claimed  ab2\n○ claimed  cd1\n");
  expect((await json<Tasks>(["show", "cd", "ab1"], { env })).tasks.map(({ id }) => id)).toEqual(["cd1", "ab1"]);
  expect((await json<Tasks>(["fail", "-", "--error", "no ink"], { env, input: "ab1\n\nab2\r\n" })).tasks).toEqual([{ id: "ab1", status: "failed" }, { id: "ab2", status: "failed" }]);
  expect(await said(["retry", "-", "-q"], { env, input: "ab1\nab2" })).toBe("· pending  ab1\n· pending  ab2\n");
  expect((await said(["enqueue", "--goal", "-"], { env, input: "two\nlines\n" })).trim()).toMatch(/^[0-9a-f-]{36}$/);
  expect((await json<Tasks>(["list"], { env })).tasks.at(-1)?.goal).toBe("two\nlines");
  // What comes before one that fails is done and said.
  const half = await colony(["done", "cd1", "ab1"], { env });
  expect(half).toMatchObject({ status: 4, stdout: "✓ done  cd1\n" });
});

test("the database: flag, then environment, then ./data/progress.db, then a colony by its name", async () => {
  const home = tempDir();
  const make = async (folder: string, id: string): Promise<string> => {
    const path = await ensureProgressDb(folder);
    await withDb(path, (db) => db.seedTasks([{ id, goal: "g" }]));
    return path;
  };
  const [here, there, named] = [join(home, "here"), join(home, "there"), join(home, "hive/colonies/letters")];
  await make(here, "here");
  const path = await make(there, "there");
  await make(named, "named");
  const ids = (args: string[], env = {}): Promise<string> => said(["list", "--plain", "--fields", "id", ...args], { cwd: here, env: { HIVE_HOME: join(home, "hive"), ...env } });
  expect(await ids([])).toBe("here\n");
  expect(await ids([], { COLONY_DB: path })).toBe("there\n");
  expect(await ids(["--db", "data/progress.db"], { COLONY_DB: path })).toBe("here\n");
  expect(await ids(["--colony", "letters"], { COLONY_DB: path })).toBe("named\n");
  for (const name of ["..", "a/b", "../here", ""]) {
    expect((await colony(["list", "--colony", name], { env: { HIVE_HOME: home } })).status, name).toBe(2);
  }
  expect(existsSync(join(home, "hive/colonies/nope"))).toBe(false);
  expect((await colony(["list", "--colony", "nope"], { env: { HIVE_HOME: join(home, "hive") } })).status).toBe(7);
});

test("COLONY_FORMAT, COLONY_TIMEOUT and COLONY_TOKEN stand in for their flags", async () => {
  const { path } = await seeded([{ goal: "g", id: "a" }]);
  const env = { COLONY_DB: path, COLONY_FORMAT: "json" };
  const claimed = JSON.parse(await said(["claim", "--worker", "w"], { env })) as { task: { claim_token: string } };
  const refused = await colony(["heartbeat", "a"], { env });
  expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "USAGE" } });
  expect(await said(["heartbeat", "a", "--plain"], { env: { ...env, COLONY_TOKEN: claimed.task.claim_token } })).toBe("a\tclaimed\n");
  mkdirSync(`${path}.lock`);
  const begun = performance.now();
  expect((await colony(["list"], { env: { ...env, COLONY_TIMEOUT: "60ms" } })).status).toBe(5);
  expect(performance.now() - begun).toBeLessThan(5000); // The default would wait that long.
});

test("init, seed, list, export of fields: ids in order, payloads to the last digit", async () => {
  const folder = tempDir();
  expect(await said(["init", folder])).toBe(`${join(folder, "data/progress.db")}\n`);
  const tasks = '[{"goal":"first","payload":{"n":12345678901234567890,"z":1.0}},{"goal":"second","priority":2},{"goal":"third","payload":"as it is"}]';
  writeFileSync(join(folder, "tasks.json"), tasks);
  const ids = (await said(["seed", "tasks.json", "-q"], { cwd: folder })).trim().split("\n");
  const listed = await json<Tasks & { next: string | null }>(["list"], { cwd: folder });
  expect(listed.tasks.map(({ id }) => id)).toEqual(ids);
  expect(listed.tasks.map(({ payload }) => payload)).toEqual(['{"n":12345678901234567890,"z":1.0}', null, "as it is"]);
  const lines = '{"goal":"fourth","payload":[98765432109876543210]}\n\n{"goal":"fifth"}\n';
  expect((await said(["seed", "-"], { cwd: folder, input: lines })).trim().split("\n")).toHaveLength(2);
  const page = await json<Tasks & { next: string | null }>(["list", "--limit", "2", "--after", ids[0]!, "--fields", "id,goal,payload"], { cwd: folder });
  expect(page.tasks).toEqual([{ id: ids[1], goal: "second", payload: null }, { id: ids[2], goal: "third", payload: "as it is" }]);
  expect((await json<Tasks>(["list", "--after", ids[2]!], { cwd: folder })).tasks[0]?.payload).toBe("[98765432109876543210]");
  expect(await said(["list", "--sort", "priority", "--reverse", "--limit", "1", "--csv", "--fields", "goal,priority", "-q"], { cwd: folder })).toBe("goal,priority\nsecond,2\n");
});

test("--dry-run of every writer and --readonly leave the file as it is, byte for byte", async () => {
  const { path } = await seeded([{ goal: "g", id: "a", steps: [{ title: "s" }] }, { goal: "g", id: "b" }, { goal: "g", id: "c" }]);
  await withDb(path, async (db) => {
    await db.claimTask({ workerId: "w", taskId: "a" });
    await db.failTask((await db.claimTask({ workerId: "w", taskId: "b" }))!, { error: "e" });
  });
  const before = sha256(path);
  const env = { COLONY_DB: path, COLONY_WORKER: "w" };
  for (const args of [
    ["claim"], ["step", "done", "a", "1", "--evidence", "e"], ["done", "a"], ["fail", "a", "--error", "e"], ["heartbeat", "a"], ["release", "a"],
    ["retry", "b"], ["enqueue", "--goal", "g"], ["reclaim", "--older-than", "0s"], ["seed", "-"],
  ]) {
    expect((await colony([...args, "--dry-run"], { env, input: '{"goal":"g"}' })).status, args.join(" ")).toBe(0);
  }
  for (const args of [["claim"], ["doctor", "--fix-times"], ["retry", "--failed"]]) {
    expect((await colony([...args, "--readonly"], { env })).status, args.join(" ")).toBe(8);
  }
  expect((await colony(["list", "--readonly"], { env })).status).toBe(0);
  expect(sha256(path)).toBe(before);
});

test("retry picks by id, by signature and by text; release by claim and by force", async () => {
  const { path } = await seeded(["a", "b", "c", "d"].map((id) => ({ id, goal: "g" })));
  const env = { COLONY_DB: path };
  await withDb(path, async (db) => {
    for (const [id, error] of [["a", "HTTP 500 at https://x.org/1"], ["b", "HTTP 502 at https://x.org/2"], ["c", "no ink"]] as const) {
      await db.failTask((await db.claimTask({ workerId: "w", taskId: id }))!, { error });
    }
    await db.claimTask({ workerId: "w", taskId: "d" });
  });
  const { failures } = await json<{ failures: { signature: string; count: number }[] }>(["failures"], { env });
  expect(failures.map(({ signature, count }) => [signature, count])).toEqual([["HTTP <n> at <url>", 2], ["no ink", 1]]);
  expect(await said(["retry", "--failed", "--error", "HTTP <n> at <url>", "--plain"], { env })).toBe("a\tpending\nb\tpending\n");
  expect(await said(["retry", "--failed", "--error", "INK", "--plain"], { env })).toBe("c\tpending\n");
  expect((await colony(["release", "d", "--worker", "other"], { env })).status).toBe(4);
  expect(await said(["release", "d", "--worker", "w", "--plain"], { env })).toBe("d\tpending\n");
  await said(["claim", "--id", "d", "--worker", "w"], { env });
  expect(await said(["release", "d", "--worker", "other", "--force", "--plain"], { env })).toBe("d\tpending\n");
  expect((await colony(["heartbeat", "d", "--worker", "w"], { env })).status).toBe(4);
});
