import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { native, sha256 } from "../colony-kit.ts";
import { python, root, sqlite3, tempDir, testWith } from "../helpers.ts";
import { NATIVE, OURS, run, Workshop } from "./sqlite3-kit.ts";

/** One test for each difference that docs/sqlite3.md names, in its order and by its words. */

const testWithSqlite3 = testWith("sqlite3");
const workshop = new Workshop();
const page = readFileSync(join(root, "docs/sqlite3.md"), "utf8");
const section = page.slice(page.indexOf("## What differs"), page.indexOf("\nCtrl-C"));
const named = [...section.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, words = ""]) => words);

const tested: string[] = [];
/** A test of the difference that begins with these words. */
function difference(words: string, body: (name: string) => Promise<void>): void {
  tested.push(words);
  testWithSqlite3(words, { timeout: 30_000 }, () => body(words));
}

const both = async (args: readonly string[], input?: string): Promise<{ theirs: string; ours: string }> => {
  const outputs = await Promise.all([NATIVE, OURS].map((shell) =>
    run(shell, args.map((word) => (word === "DB" ? workshop.copy() : word)), { cwd: workshop.folder, ...(input === undefined ? {} : { input }) })));
  const [theirs, ours] = outputs.map(({ stdout }) => stdout.replaceAll(/copy-\d+/g, "copy"));
  return { theirs: theirs!, ours: ours! };
};

difference("A missing file is made by the first statement that writes.", async () => {
  const folder = tempDir();
  const at = (...args: string[]): ReturnType<typeof run> => run(OURS, args, { cwd: folder });
  expect(await at("wrong.db", "SELECT 1", ".tables")).toEqual({ stdout: "1\n", stderr: "", status: 0 });
  const failed = await at("wrong.db", "UPDATE tasks SET status = 'claimed'");
  expect(failed).toMatchObject({ stdout: "", status: 1 });
  expect(failed.stderr).toBe("Error: in prepare, no such table: tasks\n  wrong.db does not exist; the first statement that writes would make it\n");
  expect(readdirSync(folder)).toEqual([]);
  expect((await at("right.db", "CREATE TABLE t (x); INSERT INTO t VALUES (1); SELECT * FROM t")).stdout).toBe("1\n");
  expect(sqlite3(join(folder, "right.db"), "SELECT x FROM t")).toBe("1");
  execFileSync("sqlite3", ["wrong.db", "SELECT * FROM sqlite_schema"], { cwd: folder });
  expect(statSync(join(folder, "wrong.db")).size).toBe(0); // The native one.
});

difference("`-json` of no rows is `[]`", async () => {
  expect(await both(["-json", "DB", "SELECT * FROM tasks WHERE 0"])).toEqual({ theirs: "", ours: "[]\n" });
  expect((await both(["-json", "DB", "DELETE FROM tasks WHERE 0", "BEGIN", "COMMIT"])).ours).toBe(""); // Those have no result at all.
});

difference("Reals that are to be read back have as few digits as bring them back", async () => {
  expect(await both(["-json", "DB", "SELECT 0.1 AS a, 1e23 AS b, 2.0 AS c"]))
    .toEqual({ theirs: '[{"a":0.10000000000000000555,"b":9.9999999999999991612e+22,"c":2.0}]\n', ours: '[{"a":0.1,"b":1.0e+23,"c":2.0}]\n' });
  expect((await both(["-quote", "DB", "SELECT 0.1, 1.0 / 3"])).ours).toBe("0.1,0.3333333333333333\n");
});

difference("It waits 5 seconds for the lock", async () => {
  const copy = join(workshop.folder, workshop.copy());
  mkdirSync(`${copy}.lock`);
  const waited = async (...args: string[]): Promise<number> => {
    const begin = performance.now();
    expect((await run(OURS, [copy, ...args])).status).toBe(5);
    return performance.now() - begin;
  };
  const byDefault = await waited("SELECT * FROM tasks");
  expect(byDefault).toBeGreaterThan(4900);
  expect(await waited(".timeout 0", "SELECT * FROM tasks")).toBeLessThan(byDefault - 1000);
  const told = await waited("PRAGMA busy_timeout = 300; SELECT * FROM tasks");
  expect(told).toBeGreaterThan(290);
  expect(told).toBeLessThan(byDefault - 1000);
  const waiting = run(OURS, [copy, "SELECT count(*) FROM tasks"]);
  setTimeout(() => execFileSync("rmdir", [`${copy}.lock`]), 600);
  expect(await waiting).toEqual({ stdout: "4\n", stderr: "", status: 0 });
});

difference("\"database is locked\" says who holds the lock", async () => {
  const copy = join(workshop.folder, workshop.copy());
  const holder = spawn(OURS[0]!, [...OURS.slice(1), copy], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void holder.kill("SIGKILL"));
  holder.stdin.write("BEGIN IMMEDIATE;\nSELECT 'held';\n");
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const { stderr, status } = await run(OURS, ["-cmd", ".timeout 50", copy, "SELECT * FROM tasks"]);
  expect(status).toBe(5);
  expect(stderr.split("\n")[0]).toBe("Error: in prepare, database is locked (5)");
  expect(stderr).toContain(`locked by process ${holder.pid}`);
  expect(stderr).toMatch(/\.timeout.*remove .*\.lock/);
  const inInput = await run(OURS, [copy], { input: ".timeout 50\nSELECT * FROM tasks;\n" });
  expect(inInput.stderr.split("\n")[0]).toBe("Parse error near line 2: database is locked (5)");
  expect(inInput.status).toBe(1);
});

difference("The journal is truncated, not deleted", async () => {
  expect(await both(["DB", "PRAGMA journal_mode"])).toEqual({ theirs: "delete\n", ours: "truncate\n" });
});

difference("A database in WAL mode is read as it is, and leaves WAL mode with the first statement that may write", async () => {
  const folder = tempDir();
  const db = join(folder, "a.db");
  python(`
import sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1); PRAGMA wal_checkpoint; INSERT INTO t VALUES (2)")
for suffix in ("", "-wal"): open(sys.argv[2] + suffix, "wb").write(open(sys.argv[1] + suffix, "rb").read())`, join(folder, "live.db"), db);
  const before = [sha256(db), sha256(`${db}-wal`)];
  const at = (...args: string[]): ReturnType<typeof run> => run(OURS, ["-no-native-clients", db, ...args]);
  expect((await at("SELECT x FROM t; PRAGMA journal_mode")).stdout).toBe("1\n2\nwal\n");
  expect((await at("-readonly", ".dump t")).stdout).toContain("INSERT INTO t VALUES(2);");
  expect([sha256(db), sha256(`${db}-wal`)]).toEqual(before);
  const live = spawn("python3", ["-c", `
import sqlite3, sys
con = sqlite3.connect(sys.argv[1]); con.execute("SELECT * FROM t").fetchall(); print("open", flush=True); sys.stdin.read()`, db], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void live.kill("SIGKILL"));
  await new Promise((resolve) => live.stdout.once("data", resolve));
  const refused = await run(OURS, [db, "UPDATE t SET x = 3"]);
  expect(refused.status).toBe(5);
  expect(refused.stderr).toMatch(/^Error: in prepare, database is locked \(5\)\n {2}.*is in WAL mode and a native SQLite client/);
  expect(refused.stderr).toContain("-no-native-clients");
  live.stdin.end();
  await new Promise((resolve) => live.once("close", resolve));
  expect((await at("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (3); SELECT count(*) FROM t")).stdout).toBe("truncate\n3\n");
  expect(existsSync(`${db}-wal`)).toBe(false);
  expect(sqlite3(db, "PRAGMA journal_mode; SELECT count(*) FROM t; PRAGMA integrity_check")).toBe("delete\n3\nok");
});

difference("`.dump` keeps text with a NUL character whole", async () => {
  const schema = "CREATE TABLE n (t TEXT); INSERT INTO n VALUES ('a' || char(0) || 'b');";
  expect(await both([":memory:", schema, ".dump"])).toEqual({
    theirs: expect.stringContaining("VALUES('a');") as string, ours: expect.stringContaining("VALUES(CAST(X'610062' AS TEXT));") as string,
  });
  expect((await both(["-json", ":memory:", schema, "SELECT t FROM n"])).ours).toBe('[{"t":"a\\u0000b"}]\n');
});

difference("On a terminal, control characters are spelled out", async () => {
  const sql = "SELECT char(27) || '[31mred' || char(7), char(0x202e) || 'x'";
  const onTerminal = execFileSync("script", ["-qec", [...OURS, ":memory:", `"${sql}"`].join(" "), "/dev/null"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  expect(onTerminal.trim()).toBe("\\x1b[31mred\\x07|\\u{202e}x");
  expect((await run(OURS, [":memory:", sql])).stdout).toContain("\x1b[31mred\x07");
});

difference("`ATTACH` and `VACUUM INTO` reach no other file", async () => {
  const copy = join(workshop.folder, workshop.copy());
  for (const sql of ["ATTACH 'other.db' AS o", "VACUUM INTO 'other.db'"]) {
    const { stderr, status } = await run(OURS, [copy, sql], { cwd: workshop.folder });
    expect(stderr).toMatch(/unable to open database: other\.db/);
    expect(status).not.toBe(0);
  }
  expect(existsSync(join(workshop.folder, "other.db"))).toBe(false);
  expect(await run(OURS, [copy, ".backup other.db"], { cwd: workshop.folder })).toEqual({ stdout: "", stderr: "", status: 0 });
  expect(sqlite3(join(workshop.folder, "other.db"), "SELECT count(*) FROM tasks; PRAGMA integrity_check")).toBe("4\nok");
});

difference("`EXPLAIN` is shown in the mode in force", async () => {
  const { theirs, ours } = await both(["DB", "EXPLAIN SELECT 1"]);
  expect(theirs).toMatch(/^addr /);
  expect(ours).toMatch(/^0\|Init\|/);
});

difference("`-help` goes to stdout and succeeds.", async () => {
  const help = await run(OURS, ["-help"]);
  expect(help).toMatchObject({ stderr: "", status: 0 });
  const options = page.slice(page.indexOf("**Options**"), page.indexOf("**Dot commands**")).match(/-[a-z]+/g)!.filter((option) => option !== "-dotfile");
  for (const option of options) expect(help.stdout).toContain(`   ${option}`);
  const dots = (await run(OURS, [":memory:", ".help"])).stdout;
  for (const [command] of page.slice(page.indexOf("**Dot commands**"), page.indexOf("**Names**")).matchAll(/\.[a-z]+/g)) expect(dots).toContain(`${command} `);
});

difference("SQLite itself is newer", async () => {
  const { ours } = await both([":memory:", "SELECT sqlite_version()"]);
  expect((await run(OURS, ["-version"])).stdout).toBe(`${ours.trim()} (colony-sqlite3)\n`);
  expect((await both(["DB", "SELECT CAST(1e15 AS TEXT)"]))).toEqual({ theirs: "1.0e+15\n", ours: "1000000000000000.0\n" });
});

test("every difference that the page names is tested, in its order", () => {
  expect(tested).toEqual(named.map((words) => words));
});

testWithSqlite3("what one shell dumps the other loads, and the database is the same", { timeout: 30_000 }, async () => {
  const contents = (path: string): string => native(path, "SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2; SELECT * FROM tasks; SELECT quote(v), quote(r), quote(t), quote(n) FROM kinds; SELECT * FROM auto; SELECT * FROM sqlite_sequence; SELECT * FROM no_rowid; SELECT * FROM \"odd name\"; SELECT * FROM pending; PRAGMA integrity_check");
  const original = join(workshop.folder, workshop.copy());
  sqlite3(original, "INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('nl', 'a' || char(13,10) || '\\n \\r' || char(10), '', ''); ANALYZE");
  for (const [from, to] of [[OURS, NATIVE], [OURS, OURS], [NATIVE, OURS]] as const) {
    const { stdout, status } = await run(from, [original, ".dump"]);
    expect(status).toBe(0);
    const reloaded = join(workshop.folder, `reloaded-${workshop.copy()}`);
    const loading = await run(to, [reloaded], { input: Buffer.from(stdout, "latin1").toString("utf8") });
    expect(loading).toEqual({ stdout: "", stderr: "", status: 0 });
    expect(contents(reloaded)).toBe(contents(original));
  }
});
