import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "../crash/disk.ts";
import { filesBefore, readFiles, writeFiles } from "../operations.ts";

/** Ledgers whose schema means harm: made with the real SQLite, which would let anybody do the same. */

const REBUILT = (table: string, definition: string): string => `
  PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;
  ALTER TABLE ${table} RENAME TO old_${table}; ${definition};`;
const on = (event: string, body: string): string => `CREATE TRIGGER harm ${event} BEGIN ${body}; END;`;
const forged = (sql: string): string => `PRAGMA writable_schema = ON; ${sql}; PRAGMA writable_schema = RESET;`;

export const HARMFUL: Readonly<Record<string, string>> = {
  "a trigger that undoes claims": on("AFTER UPDATE ON tasks", "UPDATE tasks SET status = 'pending', claim_token = NULL WHERE id = NEW.id"),
  "a trigger that ignores": on("BEFORE UPDATE ON tasks", "SELECT RAISE(IGNORE)"),
  "a trigger that fails": on("BEFORE INSERT ON tasks", "SELECT RAISE(FAIL, 'no')"),
  "a trigger that rolls back": on("AFTER UPDATE ON steps", "SELECT RAISE(ROLLBACK, 'no')"),
  "a trigger that aborts with our word": on("BEFORE UPDATE ON tasks", "SELECT RAISE(ABORT, 'SOP_OPEN')"),
  "a trigger that deletes everything": on("AFTER UPDATE ON tasks", "DELETE FROM tasks; DELETE FROM steps; DELETE FROM sop_checklist"),
  "a trigger that calls itself": `PRAGMA recursive_triggers = ON; ${on("AFTER INSERT ON tasks", "INSERT INTO tasks SELECT lower(hex(randomblob(16))), 0, 0, 'g', NULL, 'pending', NULL, NULL, NULL, NULL, NULL, '', '', 0, 3, NULL, NULL, NULL")}`,
  "triggers that call each other": `${on("AFTER UPDATE ON tasks", "UPDATE steps SET title = title || '!'")} CREATE TRIGGER harm2 AFTER UPDATE ON steps BEGIN UPDATE tasks SET goal = goal || '!'; END;`,
  "a trigger with a file function": on("AFTER UPDATE ON tasks", "SELECT load_extension('/tmp/x'), writefile('/tmp/x', 'y'), readfile('/etc/passwd')"),
  "a trigger with an unsafe function": on("AFTER UPDATE ON tasks", "SELECT fts3_tokenizer('simple')"),
  "a trigger on a missing table": on("AFTER UPDATE ON tasks", "INSERT INTO missing VALUES (1)"),
  "a trigger with a large value": on("AFTER UPDATE ON tasks", "UPDATE tasks SET payload = printf('%.*c', 20000000, 'x') WHERE id = NEW.id"),
  "tasks is a view": `ALTER TABLE tasks RENAME TO real_tasks; CREATE VIEW tasks AS SELECT * FROM real_tasks`,
  "tasks is a view without end": `ALTER TABLE tasks RENAME TO real_tasks; CREATE VIEW tasks AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
    SELECT x AS id, x AS seq, 0 AS priority, 'g' AS goal, NULL AS payload, 'pending' AS status, NULL AS worker_id, NULL AS claim_token, NULL AS claimed_at, NULL AS started_at,
    NULL AS completed_at, '' AS created_at, '' AS updated_at, 0 AS retry_count, 3 AS max_retries, NULL AS last_error, NULL AS parent_task_id, NULL AS source FROM n`,
  "a view that is written to": `ALTER TABLE steps RENAME TO real_steps; CREATE VIEW steps AS SELECT * FROM real_steps;
    CREATE TRIGGER harm INSTEAD OF UPDATE ON steps BEGIN DELETE FROM real_steps; END`,
  "sop_checklist is a view that is always done": `ALTER TABLE sop_checklist RENAME TO real_sop; CREATE VIEW sop_checklist AS SELECT id, task_id, key, description, 0 AS required, 'x' AS done_at, 'x' AS done_by, note FROM real_sop`,
  "steps is a virtual table": "DROP TABLE steps; CREATE VIRTUAL TABLE steps USING fts3(id, task_id, seq, title, detail, status, evidence, worker_id, started_at, completed_at)",
  "a virtual table of a module that is not there": forged("INSERT INTO sqlite_schema VALUES ('table', 'harm', 'harm', 0, 'CREATE VIRTUAL TABLE harm USING missing(x)')"),
  "tasks without rowids": REBUILT("tasks", `CREATE TABLE tasks (id TEXT PRIMARY KEY, seq INTEGER, priority INTEGER, goal TEXT, payload TEXT, status TEXT, worker_id TEXT, claim_token TEXT, claimed_at TEXT, started_at TEXT,
    completed_at TEXT, created_at TEXT, updated_at TEXT, retry_count INTEGER, max_retries INTEGER, last_error TEXT, parent_task_id TEXT, source TEXT) WITHOUT ROWID; INSERT INTO tasks SELECT * FROM old_tasks`),
  "tasks with other types": REBUILT("tasks", `CREATE TABLE tasks (id BLOB, seq BLOB, priority BLOB, goal BLOB, payload BLOB, status BLOB, worker_id BLOB, claim_token BLOB, claimed_at BLOB, started_at BLOB,
    completed_at BLOB, created_at BLOB, updated_at BLOB, retry_count BLOB, max_retries BLOB, last_error BLOB, parent_task_id BLOB, source BLOB); INSERT INTO tasks SELECT * FROM old_tasks; UPDATE tasks SET status = x'00ff', retry_count = 'many', claimed_at = 1e300`),
  "columns that are missing": "DROP INDEX idx_tasks_status; ALTER TABLE tasks DROP COLUMN updated_at",
  "a column that must not be empty": "ALTER TABLE tasks ADD COLUMN harm TEXT NOT NULL DEFAULT 'x'",
  "a generated column that is large": "ALTER TABLE tasks ADD COLUMN harm TEXT AS (printf('%.*c', 1000000, 'x'))",
  "a generated column that fails": "ALTER TABLE tasks ADD COLUMN harm TEXT AS (abs(-9223372036854775808))",
  "a check that nothing passes": `${REBUILT("steps", `CREATE TABLE steps (id TEXT PRIMARY KEY, task_id TEXT, seq INTEGER, title TEXT, detail TEXT, status TEXT CHECK (status = 'pending'), evidence TEXT, worker_id TEXT, started_at TEXT, completed_at TEXT); INSERT INTO steps SELECT * FROM old_steps`)}`,
  "an index that fails": "CREATE INDEX harm ON tasks (abs(priority - 9223372036854775807))",
  "a unique index on the status": "DELETE FROM tasks WHERE status = 'pending' AND id <> 'old-1'; DELETE FROM tasks WHERE id IN ('ready', 'spent', 'stale'); CREATE UNIQUE INDEX harm ON tasks (status)",
  "a collation that is not there": forged("UPDATE sqlite_schema SET sql = replace(sql, 'goal TEXT', 'goal TEXT COLLATE missing') WHERE name = 'tasks'"),
  "no schema text": forged("UPDATE sqlite_schema SET sql = NULL WHERE name = 'tasks'"),
  "schema text of another kind": forged("UPDATE sqlite_schema SET sql = 'CREATE TABLE steps(x)' WHERE name = 'tasks'"),
  "schema text that is none": forged("UPDATE sqlite_schema SET sql = 'DROP TABLE tasks' WHERE name = 'steps'"),
  "schema text with a second statement": forged("UPDATE sqlite_schema SET sql = sql || '; DELETE FROM tasks' WHERE name = 'tasks'"),
  "two tables in one tree": forged("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'steps') WHERE name = 'tasks'"),
  "an index in a table's tree": forged("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'tasks') WHERE name = 'idx_tasks_status'"),
  "a table in the schema's tree": forged("UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'steps'"),
  "a tree that is not there": forged("UPDATE sqlite_schema SET rootpage = 1000000 WHERE name = 'tasks'"),
  "a name with quotes and newlines": `CREATE TABLE "x""; DROP TABLE tasks; --\n" (a); CREATE INDEX "y''z" ON tasks (goal)`,
  "a negative version": "PRAGMA user_version = -1",
  "the lowest version": "PRAGMA user_version = 0",
  "the largest version": "PRAGMA user_version = 2147483647",
  "rows of a stranger": "INSERT INTO tasks (id, goal, status, created_at, updated_at, retry_count, max_retries, claimed_at) VALUES (x'ff00', x'00', 'nonsense', 'never', -1, -5, 1e99, 'soon'), ('', '', '', '', '', 0, 0, '')",
  "claims in all kinds of times": "UPDATE tasks SET status = 'claimed', claimed_at = CASE rowid % 5 WHEN 0 THEN 'now' WHEN 1 THEN '-4713-11-24' WHEN 2 THEN 99999999999 WHEN 3 THEN x'41' ELSE '9999-12-31T23:59:59+14:00' END",
  "parents in a ring": "UPDATE tasks SET parent_task_id = CASE id WHEN 'mine' THEN 'ready' ELSE 'mine' END",
  "a lone surrogate, and bytes that are no text": "UPDATE tasks SET goal = CAST(x'eda080' AS TEXT), payload = CAST(x'c328ff00fe' AS TEXT)",
  "a large payload": "UPDATE tasks SET payload = printf('%.*c', 30000000, 'x') WHERE id = 'mine'",
  "another encoding": "", // Made anew below: the encoding of a database is set before its first table.
};

function harmful(folder: string, name: string, ledger: Files): Files {
  const path = join(folder, `harmful-${Object.keys(HARMFUL).indexOf(name)}`, "progress.db");
  if (name === "another encoding") {
    mkdirSync(join(path, ".."), { recursive: true });
    const source = join(path, "../source.db");
    writeFiles(source, ledger);
    execFileSync("sqlite3", [path], { input: `PRAGMA encoding = 'UTF-16be';\n${execFileSync("sqlite3", [source, ".dump"], { encoding: "utf8" })}\nPRAGMA user_version = 1;` });
  } else {
    writeFiles(path, ledger);
    // Else the shell would not let the schema be forged.
    execFileSync("sqlite3", [path], { input: `.dbconfig defensive off\n${HARMFUL[name]};\n`, stdio: ["pipe", "ignore", "pipe"] });
  }
  return readFiles(path);
}

/** All of them; made once. */
export async function allHarmful(folder: string): Promise<Map<string, Files>> {
  const ledger = await filesBefore("ledger");
  return new Map(Object.keys(HARMFUL).map((name) => [name, harmful(folder, name, ledger)]));
}
