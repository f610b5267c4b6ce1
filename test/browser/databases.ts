import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { sqlite3 } from "../helpers.ts";
import { WITH_SEED } from "../colony-kit.ts";

/** Databases by real native clients, in the states in which an operator copies them. */

/** Runs Python with the reference module; `live` is the database in use, `copy` takes what lies there now. */
function withPython(folder: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const program = `${WITH_SEED}
import shutil
folder = Path(sys.argv[1])
live = Path(seed.ensure_progress_db(folder / "colony"))
def copy(*suffixes):
    for suffix in suffixes: shutil.copyfile(f"{live}{suffix}", folder / f"progress.db{suffix}")
def insert(con, prefix, count, goal="committed"):
    con.executemany("INSERT INTO tasks (id, goal, created_at, updated_at) VALUES (?, ?, datetime('now'), datetime('now'))", ((f"{prefix}{n}", goal) for n in range(count)))
${script}
os._exit(0)`;
  const { status, stderr } = spawnSync("python3", ["-c", program, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return join(folder, "progress.db");
}

/** A copy of a database and its `-wal` while Python holds it: 2 tasks in the database, 3 more in the `-wal`, 50 uncommitted. */
export function liveWal(folder: string): string {
  return withPython(folder, `
con = seed._connect(live)
insert(con, "old", 2)
con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
for n in range(3): insert(con, f"new{n}-", 1)
con.execute("PRAGMA cache_size = 1")
con.execute("BEGIN IMMEDIATE")
insert(con, "uncommitted", 50, "x" * 5000)
copy("", "-wal")`);
}

/** As `liveWal`, after the log began anew over an older, longer one. */
export function restartedWal(folder: string): string {
  return withPython(folder, `
con = seed._connect(live)
insert(con, "old", 200, "x" * 2000)
con.execute("PRAGMA wal_checkpoint(RESTART)")
insert(con, "new", 1)
copy("", "-wal")`);
}

/** A copy made while Python had written a part of a large transaction: 40 tasks committed, half of another state on the pages. */
export function hotJournal(folder: string): string {
  return withPython(folder, `
con = seed._connect(live)
con.execute("PRAGMA journal_mode = DELETE")
insert(con, "kept", 40, "x" * 500)
con.execute("PRAGMA cache_size = 1")
con.execute("BEGIN IMMEDIATE")
con.execute("UPDATE tasks SET goal = 'torn ' || goal")
insert(con, "torn", 50, "y" * 5000)
copy("", "-journal")`);
}

/** A colony of the given size, as a queen's run leaves it; about 2.5 KiB a task. */
export function largeDatabase(folder: string, tasks: number): string {
  const path = withPython(folder, `con = seed._connect(live); con.execute("PRAGMA journal_mode = DELETE"); con.close(); copy("")`);
  sqlite3(path, `
    PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
    BEGIN;
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${tasks - 1})
    INSERT INTO tasks (id, seq, priority, goal, payload, status, worker_id, claim_token, claimed_at, started_at, completed_at, created_at, updated_at, retry_count, last_error, source)
    SELECT printf('%08x-%04x-4000-8000-%012x', i * 2654435761 % 4294967296, i % 65536, i), i, i % 5, 'goal ' || i || substr(hex(zeroblob(60)), 1, 100),
      json_object('url', 'https://example.org/' || i, 'note', hex(zeroblob(50))),
      CASE WHEN i % 10 < 6 THEN 'done' WHEN i % 10 = 6 THEN 'failed' WHEN i % 10 = 7 THEN 'in_progress' ELSE 'pending' END,
      'w-' || (i % 16), hex(randomblob(16)), datetime(1760000000 + i, 'unixepoch'), datetime(1760000000 + i, 'unixepoch'), datetime(1760000060 + i, 'unixepoch'),
      strftime('%Y-%m-%dT%H:%M:%S+00:00', 1759990000 + i, 'unixepoch'), datetime(1760000060 + i, 'unixepoch'), i % 4,
      CASE WHEN i % 10 = 6 THEN 'HTTP ' || (400 + i % 100) || ' at https://example.org/' || i END, 'queen_create' FROM n;
    INSERT INTO steps (id, task_id, seq, title, detail, status, evidence, worker_id, started_at, completed_at)
    SELECT printf('%012x-%d', seq, step), id, step, 'step ' || step || ' of ' || seq, hex(zeroblob(20)), CASE WHEN status = 'done' THEN 'done' ELSE 'pending' END,
      hex(zeroblob(20)), worker_id, started_at, completed_at
    FROM (SELECT 1 AS step UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) CROSS JOIN tasks ORDER BY tasks.seq, step;
    INSERT INTO sop_checklist (id, task_id, key, description, required, done_at)
    SELECT printf('%012x-%d', seq, gate), id, 'gate-' || gate, 'somebody else has read it' || hex(zeroblob(10)), gate % 2, CASE WHEN status = 'done' THEN completed_at END
    FROM (SELECT 1 AS gate UNION SELECT 2) CROSS JOIN tasks ORDER BY tasks.seq;
    COMMIT;`);
  return path;
}
