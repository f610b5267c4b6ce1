/** What is run through both shells: a database with a bit of everything, and statements that agents and people write. */

export const SCHEMA = `
CREATE TABLE tasks (
  id TEXT PRIMARY KEY, seq INTEGER, priority INTEGER NOT NULL DEFAULT 0, goal TEXT NOT NULL, payload TEXT,
  status TEXT NOT NULL DEFAULT 'pending', worker_id TEXT, claim_token TEXT, claimed_at TEXT, started_at TEXT, completed_at TEXT,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, retry_count INTEGER NOT NULL DEFAULT 0, max_retries INTEGER NOT NULL DEFAULT 3,
  last_error TEXT, parent_task_id TEXT REFERENCES tasks(id) ON DELETE SET NULL, source TEXT
);
CREATE TABLE steps (
  id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE, seq INTEGER NOT NULL, title TEXT NOT NULL,
  detail TEXT, status TEXT NOT NULL DEFAULT 'pending', evidence TEXT, worker_id TEXT, started_at TEXT, completed_at TEXT, UNIQUE (task_id, seq)
);
CREATE INDEX idx_tasks_claimable ON tasks(status, priority DESC, seq, created_at) WHERE status = 'pending';
INSERT INTO tasks (id, seq, priority, goal, payload, created_at, updated_at) VALUES
  ('t1', 1, 5, 'Write the letter', '{"to": "the mill", "n": 9007199254740993}', '2026-05-01T09:00:00+00:00', '2026-05-01T09:00:00+00:00'),
  ('t2', 2, 0, 'It''s "quoted", with a comma', NULL, '2026-05-01T09:00:00+00:00', '2026-05-01T09:00:00+00:00'),
  ('t3', 3, 9, 'two
lines	and a tab', '', '2026-05-01T09:00:00+00:00', '2026-05-01T09:00:00+00:00'),
  ('t4', 4, -1, 'ünïcode → 日本 🐝', 'plain', '2026-05-01 10:00:00', '2026-05-01 10:00:00');
INSERT INTO steps (id, task_id, seq, title) VALUES ('s1', 't1', 1, 'Draft'), ('s2', 't1', 2, 'Send'), ('s3', 't3', 1, 'Only');
CREATE TABLE kinds (i INTEGER PRIMARY KEY, v, r REAL, t TEXT, n NUMERIC);
INSERT INTO kinds (v, r, t, n) VALUES
  (NULL, NULL, NULL, NULL), (1, 1, 1, 1), (1.5, 2.5, 3.5, 4.5), ('', '', '', ''), ('text', 'text', 'text', 'text'),
  (9223372036854775807, 9223372036854775807, 9223372036854775807, 9223372036854775807), (-9223372036854775808, 1e100, 1e-100, 1e15),
  (1e999, -1e999, 'Inf', 1e16), (x'4142', x'00', x'ff41', x''), (0.5, 0.25, 0.125, -0.0625), (9007199254740993, 3.0, '3.0', '3.0');
CREATE TABLE auto (id INTEGER PRIMARY KEY AUTOINCREMENT, x UNIQUE CHECK (x > 0), y NOT NULL DEFAULT 'd', z GENERATED ALWAYS AS (x * 2));
INSERT INTO auto (x) VALUES (1), (2), (3);
CREATE TABLE "odd name" ("a b", "select", [c'd] TEXT);
INSERT INTO "odd name" VALUES (1, 'two', 'it''s');
CREATE TABLE no_rowid (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID;
INSERT INTO no_rowid VALUES ('x', 1), ('y', 2);
CREATE VIEW pending AS SELECT id, goal FROM tasks WHERE status = 'pending';
CREATE TRIGGER touch AFTER UPDATE OF goal ON tasks BEGIN
  UPDATE tasks SET updated_at = '2026-05-02 00:00:00' WHERE id = new.id;
END;
`;

/** Statements that any output mode must show alike. */
export const READS: readonly string[] = [
  "SELECT * FROM kinds",
  "SELECT * FROM tasks ORDER BY priority DESC, seq, created_at",
  "SELECT id, goal, payload FROM tasks WHERE payload IS NULL OR payload = ''",
  "SELECT 1 AS a, 2 AS a, NULL AS n, '' AS e, 'x' AS \"a b\"",
  "SELECT * FROM tasks WHERE 0",
  "SELECT NULL",
  "VALUES (1, 'a'), (2, 'b'), (3, NULL)",
  "SELECT char(9) || 'x', 'a' || char(13) || char(10) || 'b', 'trailing' || char(10)",
  "SELECT 'a|b', 'a,b', 'a;b', 'a\"b', 'a''b', ' a ', 'a\\b', 'a/b', '<i>&amp;</i>'",
  "SELECT 'a very long text that goes on and on, so that every column must be made as wide as it is, and wider than a screen has room for', 1",
  "SELECT x'414243', x'', zeroblob(3), x'c3a9'",
  "EXPLAIN QUERY PLAN SELECT * FROM tasks WHERE status = 'pending'",
];

const NUMBERS = [
  "0", "-0", "0.0", "-0.0", "1", "1.0", "10.0", "100.0", "0.1", "0.1 + 0.2", "1.0 / 3", "2.0 / 3", "1e0", "1e5", "1e14", "1e15", "1e16",
  "123456789012345.0", "1234567890123456.0", "1e20", "1e21", "1e100", "1e308", "1e-4", "1e-5", "1.5e-5", "1e-300", "123.456", "-1.5",
  "9007199254740991", "9007199254740992", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
  "0x7fffffffffffffff", "1e999", "-1e999", "3.14159265358979", "2.718281828459045", "99999999999999.9", "1 / 2", "1 / 0", "7 % 3", "5.0 * 2",
];

/** Expressions: what they are, and what they are called. */
export const EXPRESSIONS: readonly string[] = [
  ...NUMBERS,
  "NULL", "''", "'a'", "'it''s'", "\"tasks\".\"id\" FROM tasks LIMIT 1", "'é' || '→'", "TRUE", "FALSE", "1 = 1", "NULL IS NULL",
  "typeof(1)", "typeof(1.0)", "typeof('x')", "typeof(NULL)", "typeof(x'00')", "CAST('12abc' AS INTEGER)", "CAST(1 AS REAL)", "CAST(1e15 AS TEXT)",
  "CAST(2.5 AS TEXT)", "CAST(x'414243' AS TEXT)", "length('é日')", "length(x'0011')", "upper('abc')", "lower('ABC')", "substr('hello', 2, 3)",
  "replace('a-b-c', '-', '+')", "trim('  x  ')", "instr('hello', 'l')", "hex('abc')", "hex(x'00ff')", "quote('it''s')", "quote(NULL)", "quote(x'ab')", "quote(1.5)",
  "printf('%05d|%.2f|%s|%x', 42, 3.14159, 'x', 255)", "printf('%,d', 1234567)", "abs(-5)", "round(2.5)", "round(3.14159, 2)", "max(1, 2, 3)", "min(1, 2, 3)",
  "coalesce(NULL, NULL, 'x')", "ifnull(NULL, 0)", "nullif(1, 1)", "iif(1, 'yes', 'no')", "CASE WHEN 1 THEN 'a' ELSE 'b' END", "'abc' LIKE 'A%'", "'abc' GLOB 'a*'",
  "3 IN (1, 2, 3)", "2 BETWEEN 1 AND 3", "unicode('é')", "char(72, 105)", "zeroblob(2) = x'0000'", "likely(1)", "sign(-3)", "date('2026-05-01')",
  "datetime('2026-05-01T09:00:00+00:00')", "datetime('2026-05-01 10:00:00', '-15 minutes')", "julianday('2026-05-01')", "strftime('%Y/%m/%d', '2026-05-01')",
  "unixepoch('2026-05-01T09:00:00+00:00')", "time('12:34:56', '+1 hour')", "strftime('%s', '2026-05-01')", "json('{\"a\":1}')", "json_extract('{\"a\":[1,2]}', '$.a[1]')",
  "'{\"a\":1}' -> '$.a'", "'{\"a\":\"x\"}' ->> 'a'", "json_array(1, 'a', NULL)", "json_object('k', 1.5)", "json_valid('{')", "group_concat(id, '+') FROM tasks",
  "count(*), sum(priority), avg(priority), total(priority) FROM tasks", "sum(1.5)", "avg(2)", "count(DISTINCT status) FROM tasks", "last_insert_rowid()",
  "(SELECT max(seq) FROM tasks)", "EXISTS (SELECT 1 FROM steps)", "row_number() OVER (ORDER BY seq DESC), id FROM tasks", "sqlite_compileoption_used('nope')",
  "rank() OVER (PARTITION BY status ORDER BY priority) AS r FROM tasks", "1 AS one, one.x FROM (SELECT 2 AS x) AS one", "* FROM (SELECT 1 UNION ALL SELECT 2)",
];

/** Statements that change the database, in this order; between them, what they have done. */
export const WRITES: readonly string[] = [
  "BEGIN IMMEDIATE; UPDATE tasks SET status = 'claimed', worker_id = 'w', claim_token = 'k1', claimed_at = '2026-05-01 11:00:00' WHERE id = (SELECT id FROM tasks WHERE status = 'pending' ORDER BY priority DESC, seq, created_at LIMIT 1) RETURNING id, goal; COMMIT",
  "UPDATE tasks SET status = 'in_progress', started_at = '2026-05-01 11:00:01' WHERE id = 't3' AND claim_token = 'k1'",
  "SELECT changes()",
  "UPDATE steps SET status = 'done', evidence = 'sha 1', worker_id = 'w' WHERE task_id = 't3' AND seq = 1 RETURNING seq, evidence",
  "UPDATE tasks SET status = 'done' WHERE id = 't3' AND claim_token = 'wrong' RETURNING id",
  "SELECT changes(), total_changes() > 0",
  "SELECT status, count(*) FROM tasks GROUP BY status ORDER BY status",
  "INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('t9', 'new', 'now', 'now') RETURNING *",
  "INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('t9', 'again', 'now', 'now')",
  "INSERT OR IGNORE INTO tasks (id, goal, created_at, updated_at) VALUES ('t9', 'again', 'now', 'now') RETURNING id",
  "INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('t9', 'upsert', 'now', 'now') ON CONFLICT (id) DO UPDATE SET goal = excluded.goal RETURNING goal",
  "INSERT INTO auto (x) VALUES (3)",
  "INSERT INTO auto (x) VALUES (-3)",
  "INSERT INTO auto (x, y) VALUES (4, NULL)",
  "INSERT INTO auto (x) VALUES (10), (11) RETURNING id, x, z",
  "INSERT INTO steps (id, task_id, seq, title) VALUES ('sx', 'nobody', 1, 't')",
  "DELETE FROM steps WHERE id = 'sx' RETURNING task_id",
  "REPLACE INTO kinds (i, v) VALUES (2, 'replaced') RETURNING i",
  "SELECT last_insert_rowid()",
  "BEGIN; DELETE FROM tasks; SELECT count(*) FROM tasks; ROLLBACK; SELECT count(*) FROM tasks",
  "SAVEPOINT a; DELETE FROM steps; SAVEPOINT b; DELETE FROM tasks; ROLLBACK TO b; RELEASE b; SELECT count(*) FROM steps; ROLLBACK TO a; RELEASE a; SELECT count(*) FROM steps",
  "COMMIT",
  "ROLLBACK",
  "BEGIN; BEGIN; COMMIT",
  "BEGIN; INSERT INTO auto (x) VALUES (20); INSERT INTO auto (x) VALUES (20); SELECT 'not reached'",
  "SELECT max(x) FROM auto; COMMIT; SELECT max(x) FROM auto",
  "CREATE TABLE made (a, b); INSERT INTO made VALUES (1, 2); ALTER TABLE made ADD COLUMN c DEFAULT 'c'; ALTER TABLE made RENAME COLUMN b TO bb; SELECT * FROM made",
  "CREATE TABLE made (a)",
  "CREATE TABLE IF NOT EXISTS made (a)",
  "CREATE UNIQUE INDEX made_a ON made (a); INSERT INTO made (a) VALUES (1)",
  "CREATE TEMP TABLE scratch AS SELECT id FROM tasks; SELECT count(*) FROM scratch; DROP TABLE scratch",
  "CREATE TRIGGER made_t AFTER INSERT ON made BEGIN SELECT CASE WHEN new.a = 7 THEN RAISE(ABORT, 'no seven') END; END; INSERT INTO made (a) VALUES (7); INSERT INTO made (a) VALUES (8) RETURNING a",
  "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5) INSERT INTO made (a) SELECT x + 100 FROM n RETURNING a",
  "DELETE FROM made WHERE a > 100 RETURNING a",
  "UPDATE made SET a = a + 1000",
  "DROP TABLE made; SELECT * FROM made",
  "DROP VIEW pending; SELECT name FROM sqlite_schema WHERE type = 'view'",
  "VACUUM; SELECT count(*) FROM tasks",
  "ANALYZE; REINDEX; SELECT count(*) FROM tasks",
];

/** What is told by pragmas. */
export const PRAGMAS: readonly string[] = [
  "user_version", "user_version = 7", "user_version", "application_id", "encoding", "page_size", "table_info(tasks)", "table_info(nope)", "table_xinfo(auto)",
  "index_list(steps)", "index_info(idx_tasks_claimable)", "foreign_key_list(steps)", "foreign_keys", "foreign_keys = ON", "foreign_keys",
  "foreign_key_check", "integrity_check", "quick_check", "synchronous", "locking_mode", "auto_vacuum", "recursive_triggers", "query_only", "case_sensitive_like",
  "secure_delete", "temp_store_directory", "nonsense", "busy_timeout = 1234", "busy_timeout", "collation_list", "freelist_count", "wal_autocheckpoint", "reverse_unordered_selects",
].map((pragma) => `PRAGMA ${pragma}`);

/** What cannot be run. */
export const MISTAKES: readonly string[] = [
  "selec 1", "SELECT FROM tasks", "SELECT * FROM nope", "SELECT nope FROM tasks", "SELECT nope()", "SELECT count(1, 2)", "SELECT 1 +", "SELECT (1",
  "INSERT INTO tasks VALUES (1)", "INSERT INTO nope VALUES (1)", "UPDATE tasks SET nope = 1", "DELETE FROM nope", "DROP TABLE nope", "CREATE TABLE tasks (x)",
  "SELECT 1 UNION SELECT 1, 2", "SELECT * FROM tasks ORDER BY 99", "SELECT abs(-9223372036854775807 - 1)", "SELECT json('{')", "SELECT 1; SELECT nope; SELECT 2",
  "PRAGMA table_info(", "EXPLAIN nope", "SELECT a FROM (SELECT 1 AS b)", "ALTER TABLE nope RENAME TO x", "CREATE INDEX i ON nope (x)", "RELEASE nope", "COMMIT",
  "INSERT INTO tasks (id) VALUES ('x')", "SELECT raise(ABORT, 'x')", "VALUES (1), (1, 2)", "SELECT * FROM tasks LIMIT 'x'", "SELECT 1 FROM tasks WHERE count(*) > 1", "DETACH nope",
];

/** Whole command lines; `DB` is the database. Each runs on a fresh copy: output, exit status and the first line on stderr must agree. */
export const COMMAND_LINES: readonly (readonly string[])[] = [
  ["DB", "SELECT 1"],
  ["DB", "SELECT 1; SELECT 2", "SELECT 3"],
  ["DB", "SELECT 1", "selec 2", "SELECT 3"],
  ["DB", "SELECT 1; selec 2; SELECT 3"],
  ["DB", ""],
  ["DB", "SELECT 'open"],
  ["DB", "SELECT * FROM nope"],
  ["DB", "SELECT nope FROM tasks"],
  ["DB", "INSERT INTO auto (x) VALUES (1)"],
  ["DB", "INSERT INTO auto (x, y) VALUES (9, NULL)"],
  ["DB", "INSERT INTO auto (x) VALUES (-1)"],
  ["DB", "PRAGMA foreign_keys = ON; INSERT INTO steps (id, task_id, seq, title) VALUES ('sx', 'nobody', 1, 't')"],
  ["DB", "UPDATE tasks SET status = 'claimed' WHERE id = (SELECT id FROM tasks ORDER BY priority DESC LIMIT 1) RETURNING id, status"],
  ["DB", "CREATE TABLE tasks (x)"],
  ["DB", "SELECT abs(-9223372036854775807 - 1)"],
  ["DB", "COMMIT"],
  ["-readonly", "DB", "SELECT count(*) FROM tasks"],
  ["-readonly", "DB", "DELETE FROM tasks"],
  ["--readonly", "DB", "CREATE TEMP TABLE s (x); INSERT INTO s VALUES (1); SELECT * FROM s"],
  ["file:DB?mode=ro", "DELETE FROM tasks"],
  ["file:DB?mode=rw", "DELETE FROM tasks RETURNING id"],
  ["file:DB?mode=nope", "SELECT 1"],
  ["file:DB?vfs=nope", "SELECT 1"],
  ["file:DB?vfs=unix-dotfile&mode=ro", "SELECT count(*) FROM steps"],
  ["file:no%2Fsuch%20folder/x.db", "SELECT 1"],
  ["-vfs", "unix-dotfile", "DB", "SELECT 2"],
  ["-readonly", "no-such.db", "SELECT 1"],
  ["no/such/folder/x.db", "SELECT 1"],
  [":memory:", "CREATE TABLE t (x); INSERT INTO t VALUES (1); SELECT * FROM t"],
  [":memory:", "PRAGMA user_version", ".databases", "PRAGMA database_list"],
  ["DB", "ATTACH ':memory:' AS other; CREATE TEMP TABLE s (x)", ".databases", "EXPLAIN QUERY PLAN SELECT 1", "PRAGMA database_list"],
  ["", "SELECT 1"],
  ["DB", "-json", "SELECT id FROM tasks"],
  ["DB", "SELECT id FROM tasks", "-header"],
  ["-json", "-cmd", ".mode list", "DB", "SELECT id, seq FROM tasks"],
  ["-cmd", ".headers on", "-cmd", ".mode csv", "DB", "SELECT id, seq FROM tasks"],
  ["-cmd", "selec", "DB", "SELECT 5"],
  ["-bail", "-cmd", "selec", "DB", "SELECT 5"],
  ["-batch", "-bail", "-list", "-noheader", "DB", "SELECT 1, 2"],
  ["-header", "-separator", ";", "-nullvalue", "-", "-newline", "|", "DB", "SELECT NULL AS a, '' AS b UNION ALL SELECT 1, 2"],
  ["-separator", "\\t", "DB", "SELECT 1, 2"],
  ["-csv", "-separator", ";", "DB", "SELECT 1, 'a;b', 'a,b'"],
  ["-separator", ";", "-csv", "DB", "SELECT 1, 'a;b', 'a,b'"],
  ["-quote", "DB", "SELECT NULL, 1, 'it''s', x'00'"],
  ["-nope", "DB", "SELECT 1"],
  ["DB", "-cmd"],
  ["DB", ".tables"],
  ["DB", ".tables %s"],
  ["DB", ".indexes", ".indexes steps", ".indexes nope"],
  ["DB", ".schema", ".schema tasks", ".schema pend*", ".schema nope", ".schema main.steps", ".schema sqlite_schema", ".schema --nosys"],
  ["DB", ".nope"],
  ["DB", ".mode", ".mode line", "SELECT 1 AS a", ".mode"],
  ["DB", ".headers on", "SELECT 1 AS a", ".headers off", "SELECT 1 AS a", ".headers"],
  ["DB", ".print a  b 'c  d' \"e\\tf\"", ".quit", "SELECT 1"],
  ["DB", ".exit 7", "SELECT 1"],
  ["DB", ".exit", "SELECT 1"],
  ["DB", ".read no-such-file", "SELECT 1"],
  ["DB", ".nullvalue NIL", ".separator '<>' '!'", "SELECT 1, NULL"],
  ["DB", ".timeout 10", "SELECT 1"],
  ["-safe", "DB", ".read x"],
  ["junk.db", "SELECT * FROM tasks"],
  ["junk.db", ".tables"],
  ["torn.db", "SELECT * FROM tasks"],
  ["torn.db", "SELECT 1; UPDATE tasks SET goal = 'x'"],
  ["torn.db", ".schema steps"],
];

/** Whole inputs, with the options before them. */
export const SESSIONS: readonly (readonly [input: string, ...options: string[]])[] = [
  ["SELECT 1;\nSELECT 2\n;SELECT 3;SELECT\n4;\n"],
  ["SELECT 1; selec 2; SELECT 3;\nSELECT 4;\n"],
  ["selec 1;\nSELECT 4;\n"],
  ["selec 1;\nSELECT 4;\n", "-bail"],
  [".bail on\nselec 1;\nSELECT 4;\n"],
  ["/* a\n comment; */ SELECT 1;\n.print x\n-- foo;\nSELECT 2; -- bar\nSELECT 3 /* ; */;\n"],
  ["CREATE TRIGGER x AFTER INSERT ON auto BEGIN\nSELECT 1;\nSELECT 2;\nEND;\nDROP TRIGGER x;\nSELECT 9"],
  ["CREATE TEMP TRIGGER x AFTER INSERT ON auto WHEN new.x > 1 BEGIN INSERT INTO no_rowid VALUES ('END;', new.x); END;\nINSERT INTO auto (x) VALUES (77);\nSELECT * FROM no_rowid;\n"],
  ["SELECT 1\n/\nSELECT 2\ngo\nSELECT 3\nGo \n"],
  ["SELECT 'a\nb;\n.tables\nc', \"id\" FROM tasks LIMIT 1;\n"],
  [".quit\nSELECT 1;"],
  [".exit 7\nSELECT 1;"],
  ["selec;\n.exit 0\n"],
  ["selec;\n.quit\n"],
  ["  .print indented\n# comment\nSELECT 1;\n"],
  ["# comment\n.print a\n\n\n   \nSELECT 1;\n"],
  [".echo on\nSELECT 1;\n.print a\n# c\n"],
  [".changes on\nUPDATE auto SET y = 'e';\nSELECT 1;\nDELETE FROM auto;\n"],
  [".headers on\n.mode column\nSELECT 1 AS a;\n.mode list\nSELECT 1 AS a;\n"],
  [".headers off\n.mode column\nSELECT 1 AS a;\n"],
  [".hea on\n.mo csv\nSELECT 'a b' AS a;\n.sep ;\nSELECT 1, 2;\n.q\nSELECT 3;\n"],
  [".headers maybe\nSELECT 1 AS a;\n"],
  ["BEGIN IMMEDIATE;\nUPDATE tasks SET status = 'claimed' WHERE id = 't1' RETURNING id;\nCOMMIT;\nSELECT status FROM tasks WHERE id = 't1';\n"],
  ["BEGIN;\nDELETE FROM tasks;\n"],
  ["SELECT 1"],
  ["SELECT 1\n-- the end"],
  ["\n\n   SELECT nope FROM tasks;\n\nSELECT 2,\n  nope FROM tasks;\n"],
  ["INSERT INTO auto (x) VALUES (1);\nINSERT INTO auto (x) VALUES (50);\nSELECT max(x) FROM auto;\n"],
  ["SELECT 1;\r\n.print crlf\r\nSELECT 'x\r\ny';\r\n"],
  [""],
  [";;;\n;\n"],
  [".print 'single \\t' \"double \\t \\101\" plain\\t\n.print\n.print \"unclosed\n"],
  [".once out.txt\nSELECT 1;\nSELECT 2;\n.output out.txt\nSELECT 3;\n.output\nSELECT 4;\n.read out.txt\n"],
  [".indices\n.tables\n"],
];
