import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureProgressDb, openProgressDb, seedTasks } from "hive-progress-db";
import { describe, expect, onTestFinished, test } from "vitest";
import { sha256 } from "../colony-kit.ts";
import { python, root, sqlite3, tempDir, testWith } from "../helpers.ts";
import { run, type Outcome } from "./sqlite3-kit.ts";

/** `colony sql`, `colony export` and `colony snapshot`, from outside. */

const COLONY = [process.execPath, join(root, "dist/cli/colony.cjs")];
const GOALS = ["=HYPERLINK(\"http://x\")", "two\nlines, with \"quotes\"", "\u001b[31mred\u001b[0m | <b>bold</b>", "-5 degrees", "ünï → 🐝"];

async function colony(): Promise<{ db: string; folder: string; run: (...args: string[]) => Promise<Outcome>; feed: (input: string, ...args: string[]) => Promise<Outcome> }> {
  const folder = tempDir();
  const db = await ensureProgressDb(folder);
  await seedTasks(db, GOALS.map((goal, seq) => ({ id: `t${seq}`, goal, seq, payload: { n: seq } })));
  const feed = (input: string, ...args: string[]): Promise<Outcome> => run(COLONY, ["--db", db, ...args], { input, cwd: folder });
  return { db, folder, run: (...args) => feed("", ...args), feed };
}

const errorOf = ({ stderr }: Outcome): { code: string; exit: number; retryable: boolean; hint: string; message: string } =>
  (JSON.parse(stderr) as { error: { code: string; exit: number; retryable: boolean; hint: string; message: string } }).error;
const utf8 = (latin1: string): string => Buffer.from(latin1, "latin1").toString("utf8");

describe("colony sql", () => {
  test("runs SQL and dot commands in the shell's modes, from arguments and from stdin, and the database may come first", async () => {
    const { db, run: colonyRun, feed } = await colony();
    expect(await colonyRun("sql", "SELECT id FROM tasks WHERE seq < 2", "SELECT 1.0, NULL")).toEqual({ stdout: "t0\nt1\n1.0|\n", stderr: "", status: 0 });
    expect((await colonyRun("sql", "-json", "SELECT id FROM tasks WHERE 0")).stdout).toBe("[]\n");
    expect((await feed("SELECT count(*)\nFROM tasks;\n.mode csv\nSELECT 'a b', 2;\n", "sql")).stdout).toBe("5\n\"a b\",2\r\n");
    expect((await feed("", "sql", db, ".tables", "-header", "SELECT 1 AS a")).stdout).toBe("colony_meta    sop_checklist  steps          tasks        \na\n1\n");
  });

  test("only reads, to the byte, unless it is told to write", async () => {
    const { db, run: colonyRun } = await colony();
    const before = sha256(db);
    const refused = await colonyRun("sql", "DELETE FROM tasks");
    expect(refused).toMatchObject({ status: 8, stdout: "" });
    expect(refused.stderr).toContain("--write");
    expect(errorOf(await colonyRun("sql", "--json", "PRAGMA query_only = OFF; DROP TABLE tasks"))).toMatchObject({ code: "READ_ONLY", exit: 8, retryable: false });
    expect(sha256(db)).toBe(before);
    expect((await colonyRun("sql", "--write", "UPDATE tasks SET priority = 7 WHERE id = 't1' RETURNING id")).stdout).toBe("t1\n");
    expect((await colonyRun("sql", "SELECT priority FROM tasks WHERE id = 't1'")).stdout).toBe("7\n");
  });

  testWith("sqlite3")("fails as all commands fail: with a code, a hint, and JSON where that is asked for", async () => {
    const { db, folder, run: colonyRun, feed } = await colony();
    expect(await colonyRun("sql", "SELECT 1", "selec 2", "SELECT 3")).toMatchObject({ stdout: "1\n", status: 2 });
    expect(errorOf(await feed("SELECT 1;\nSELECT nope();\n", "sql", "--json"))).toMatchObject({ code: "INVALID_INPUT", exit: 2 });
    expect(errorOf(await colonyRun("sql", "--json", "SELECT * FROM nope"))).toMatchObject({ code: "NOT_FOUND", exit: 7 });
    expect((await colonyRun("sql", "-nope")).status).toBe(2);
    expect((await run(COLONY, ["sql", "--db", "no-such.db", "SELECT 1"], { cwd: folder })).status).toBe(7);
    expect(existsSync(join(folder, "no-such.db"))).toBe(false);
    writeFileSync(join(folder, "text.db"), "not a database ".repeat(99));
    expect((await run(COLONY, ["sql", join(folder, "text.db"), "SELECT * FROM tasks"])).status).toBe(11);
    mkdirSync(`${db}.lock`);
    expect(errorOf(await colonyRun("sql", "--json", "--timeout", "50ms", "SELECT * FROM tasks"))).toMatchObject({ code: "BUSY", exit: 5, retryable: true });
  });
});

describe("colony export", () => {
  test("csv is RFC 4180, and a text is no formula", async () => {
    const { run: colonyRun } = await colony();
    const { stdout, stderr } = await colonyRun("export", "csv");
    expect(stderr).toBe("");
    const lines = utf8(stdout).split("\r\n");
    expect(lines[0]).toMatch(/^id,seq,priority,goal,payload,status,/);
    expect(lines[1]).toMatch(/^t0,0,0,"'=HYPERLINK\(""http:\/\/x""\)","\{""n"":0\}",pending,,/);
    expect(lines[2]).toContain("\"two\nlines, with \"\"quotes\"\"\"");
    expect(lines[4]).toContain(",'-5 degrees,");
    expect(utf8((await colonyRun("export", "csv", "--raw", "--bom")).stdout)).toMatch(/^\ufeffid,[\s\S]*,"=HYPERLINK/);
    const read = python("import csv, json, sys; print(json.dumps([row['goal'] for row in csv.DictReader(open(sys.argv[1], newline=''))]))",
      writeTo(utf8((await colonyRun("export", "csv", "--raw")).stdout)));
    expect(JSON.parse(read)).toEqual(GOALS);
  });

  test("json and jsonl give back what is there", async () => {
    const { db, run: colonyRun } = await colony();
    sqlite3(db, "UPDATE tasks SET seq = 9007199254740993 WHERE id = 't1'; CREATE TABLE odd (r REAL, b BLOB, n); INSERT INTO odd VALUES (1.5, x'00ff', NULL)");
    const rows = JSON.parse(utf8((await colonyRun("export", "json")).stdout)) as Record<string, unknown>[];
    expect(rows.map(({ goal }) => goal)).toEqual(GOALS);
    expect(rows[1]).toMatchObject({ id: "t1", seq: "9007199254740993", payload: '{"n":1}', worker_id: null });
    const lines = utf8((await colonyRun("export", "jsonl")).stdout).trimEnd().split("\n").map((line) => JSON.parse(line) as object);
    expect(lines).toEqual(rows);
    expect((await colonyRun("export", "jsonl", "--table", "ODD")).stdout).toBe('{"r":1.5,"b":"00ff","n":null}\n');
    expect((await colonyRun("export", "json", "--table", "steps")).stdout).toBe("[]\n");
  });

  test("md is a table whatever is in it", async () => {
    const { run: colonyRun } = await colony();
    const lines = utf8((await colonyRun("export", "md")).stdout).trimEnd().split("\n");
    expect(lines).toHaveLength(2 + GOALS.length);
    for (const line of lines) expect(line.replaceAll("\\|", "").split("|")).toHaveLength(20);
    expect(lines[3]).toContain("two<br>lines, with \"quotes\"");
    expect(lines[4]).toContain("\\\\x1b\\[31mred\\\\x1b\\[0m \\| &lt;b\\>bold&lt;/b\\>");
  });

  test("names the tables there are, and ends quietly when nobody reads on", async () => {
    const { db, run: colonyRun } = await colony();
    const unknown = await colonyRun("export", "csv", "--table", "nope");
    expect(unknown).toMatchObject({ status: 7, stdout: "" });
    expect(unknown.stderr).toContain("colony_meta, sop_checklist, steps, tasks");
    sqlite3(db, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60000) INSERT INTO steps (id, task_id, seq, title) SELECT x, 't0', x, printf('%.200c', 'x') FROM n");
    const [program = "", ...before] = COLONY;
    const piped = execFileSync("sh", ["-c", '"$@" | head -n 1', "sh", program, ...before, "--db", db, "export", "csv", "--table", "steps"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    expect(piped).toMatch(/^id,task_id,seq/);
    expect(existsSync(`${db}.lock`)).toBe(false);
  });
});

test("a long export shows its progress on stderr, on a terminal only, and clears it", { timeout: 60_000 }, async () => {
  const { db, run: colonyRun } = await colony();
  sqlite3(db, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000) INSERT INTO steps (id, task_id, seq, title) SELECT x, 't0', x, 'x' FROM n");
  const command = [...COLONY, "--db", db, "export", "csv", "--table", "steps"].join(" ");
  const onTerminal = execFileSync("script", ["-qec", `${command} > /dev/null`, "/dev/null"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  expect(onTerminal).toMatch(/exporting steps .* of 1,000,000/);
  expect(onTerminal.endsWith("\r\x1b[K")).toBe(true);
  const elsewhere = await colonyRun("export", "csv", "--table", "steps");
  expect(elsewhere).toMatchObject({ stderr: "", status: 0 });
  expect(elsewhere.stdout.split("\n")).toHaveLength(1_000_002);
});

describe("colony snapshot", () => {
  testWith("python3", "sqlite3")("is a whole database in rollback mode, also of one in WAL mode that a native client has open", async () => {
    const folder = tempDir();
    const db = join(folder, "progress.db");
    const native = spawn("python3", ["-c", `
import sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1); PRAGMA wal_checkpoint; INSERT INTO t VALUES (2); BEGIN; INSERT INTO t VALUES (3)")
print("open", flush=True); sys.stdin.read()`, db]);
    onTestFinished(() => void native.kill());
    await new Promise((resolve) => native.stdout.once("data", resolve));
    const target = join(folder, "copy.db");
    const { stdout, status } = await run(COLONY, ["snapshot", target, "--db", db, "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ schema: 1, snapshot: { path: target, bytes: statSync(target).size } });
    expect([...readFileSync(target).subarray(18, 20)]).toEqual([1, 1]); // Not WAL.
    expect(sqlite3(target, "SELECT group_concat(x) FROM t; PRAGMA integrity_check; PRAGMA journal_mode")).toBe("1,2\nok\ndelete");
    expect(readdirSync(folder).filter((name) => name.startsWith("copy"))).toEqual(["copy.db"]);
  });

  testWith("sqlite3")("never replaces what is there by itself, nor the database", async () => {
    const { db, folder, run: colonyRun } = await colony();
    const target = join(folder, "copy.db");
    writeFileSync(target, "precious");
    const refused = await colonyRun("snapshot", target, "--json");
    expect(errorOf(refused)).toMatchObject({ code: "INVALID_INPUT", exit: 2 });
    expect(errorOf(refused).hint).toContain("--force");
    expect(readFileSync(target, "utf8")).toBe("precious");
    expect((await colonyRun("snapshot", db, "--force")).status).toBe(2);
    expect((await colonyRun("snapshot", folder, "--force")).status).toBe(2);
    writeFileSync(`${target}-journal`, "somebody's");
    expect((await colonyRun("snapshot", target, "--force")).status).toBe(2);
    expect((await colonyRun("snapshot", join(folder, "no/such/folder.db"))).status).not.toBe(0);
    expect((await colonyRun("snapshot", join(folder, "other.db"), "--force")).status).toBe(0);
    expect((await colonyRun("snapshot", join(folder, "other.db"), "--force")).status).toBe(0);
    expect(sqlite3(join(folder, "other.db"), "SELECT count(*) FROM tasks")).toBe("5");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  testWith("sqlite3")("is of one moment while others write", { timeout: 60_000 }, async () => {
    const { db: path, folder, run: colonyRun } = await colony();
    const db = await openProgressDb(path, { durability: "process" });
    let isDone = false;
    const writing = (async () => {
      for (let n = 0; !isDone; n++) {
        await db.transaction((sql) => {
          sql.run("INSERT INTO steps (id, task_id, seq, title) VALUES (?, 't0', ?, 'x')", [`a${n}`, n]);
          sql.run("INSERT INTO steps (id, task_id, seq, title) VALUES (?, 't1', ?, 'x')", [`b${n}`, n]);
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let n = 0; n < 4; n++) {
      expect((await colonyRun("snapshot", join(folder, `copy-${n}.db`))).status).toBe(0);
      const counts = sqlite3(join(folder, `copy-${n}.db`), "PRAGMA integrity_check; SELECT count(*) FILTER (WHERE task_id = 't0') = count(*) FILTER (WHERE task_id = 't1') FROM steps");
      expect(counts).toBe("ok\n1");
    }
    isDone = true;
    await writing;
    await db.close();
  });
});

function writeTo(text: string): string {
  const path = join(tempDir(), "file");
  writeFileSync(path, text);
  return path;
}
