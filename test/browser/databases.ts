import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
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
