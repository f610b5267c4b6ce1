import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Clock, ensureProgressDb, type OpenOptions, openProgressDb, type ProgressDb, type TaskInput } from "hive-progress-db";
import type { FileName, Files } from "./crash/disk.ts";

/** Everything that changes a ledger, as data: for the suites that break each of them at every step. */

export interface Operation {
  readonly name: string;
  /** The files it begins with. */
  readonly before: Before;
  /** With an open handle, or with a colony's folder alone. Each of its promises is acknowledged by itself. */
  readonly run: OnHandle | OnColony;
}

export interface OnHandle {
  handle(db: ProgressDb): Promise<unknown>[];
}
export interface OnColony {
  colony(folder: string, options: OpenOptions): Promise<unknown>[];
}

/** None, an empty one, a Python module's that was interrupted, a ledger of ours, and one in WAL mode that a Python process left behind. */
export type Before = "nothing" | "empty" | "old" | "ledger" | "wal";

/** Nine in the morning; what `claimed_at` says below is meant so. */
export const clock: Clock = { now: () => Date.parse("2026-05-01T09:00:00Z") };

/** Claims that the ledger holds from the beginning. */
const MINE = { id: "mine", claim_token: "token-mine" };
const READY = { id: "ready", claim_token: "token-ready" };
const steps = [{ title: "one", detail: "d" }, { title: "two" }];
const some = (count: number, name: string): TaskInput[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${name}-${index}`, goal: `${name} ${index}`, steps, sop_items: [{ key: "k", description: "d" }] }));

const onHandle = (name: string, handle: (db: ProgressDb) => Promise<unknown>, before: Before = "ledger"): Operation =>
  ({ name, before, run: { handle: (db) => [handle(db)] } });
const onColony = (name: string, before: Before, options: { enforceGates?: boolean } = {}): Operation =>
  ({ name, before, run: { colony: (folder, open) => [ensureProgressDb(folder, { ...open, ...options })] } });

export const OPERATIONS: readonly Operation[] = [
  onHandle("seed", (db) => db.seedTasks(some(5, "new"))),
  onHandle("seed many", (db) => db.seedTasks(some(150, "new"))),
  onHandle("enqueue", (db) => db.enqueueTask("more", { id: "more" })),
  onHandle("claim", (db) => db.claimTask({ workerId: "w" })),
  onHandle("claim by id", (db) => db.claimTask({ workerId: "w", taskId: "old-3" })),
  onHandle("claim a batch", (db) => db.claimTasks({ workerId: "w", limit: 4 })),
  onHandle("start", (db) => db.startTask(MINE)),
  onHandle("heartbeat", (db) => db.heartbeat(MINE)),
  onHandle("start a step", (db) => db.startStep(MINE, 1)),
  onHandle("complete a step", (db) => db.completeStep(MINE, 1, { evidence: "seen" })),
  onHandle("check off a gate", (db) => db.checkOffSopItem(MINE, "k", { note: "n" })),
  onHandle("complete", (db) => db.completeTask(READY)),
  onHandle("fail", (db) => db.failTask(MINE, { error: "e" })),
  onHandle("fail, retry", (db) => db.failTask(MINE, { error: "e", retry: true })),
  onHandle("release", (db) => db.releaseTask(MINE)),
  onHandle("reclaim", (db) => db.reclaimStale()),
  onHandle("raw SQL", (db) => db.transaction((sql) => {
    sql.run("DELETE FROM tasks WHERE id LIKE 'old-%'");
    sql.run("UPDATE tasks SET goal = goal || '!'");
  })),
  { name: "a group", before: "ledger", run: { handle: (db) => [
    db.claimTask({ workerId: "a" }), db.startTask(MINE), db.completeStep(MINE, 2, { evidence: "e" }), db.completeTask(READY),
    db.seedTasks(some(3, "new")), db.claimTasks({ workerId: "b", limit: 2 }), db.reclaimStale(),
    // Rejected alone: the others' transaction goes on.
    db.completeTask(MINE).catch((error: { code?: string }) => {
      if (error.code !== "SOP_OPEN") throw error;
    }),
  ] } },
  onColony("ensure, new", "nothing"),
  onColony("ensure, empty file", "empty"),
  onColony("ensure, old file", "old"),
  onColony("ensure, stale claims", "ledger"),
  onColony("ensure, gates", "ledger", { enforceGates: true }),
  onHandle("claim, WAL mode", (db) => db.claimTask({ workerId: "w" }), "wal"),
  onHandle("seed, WAL mode", (db) => db.seedTasks(some(60, "new")), "wal"),
  onColony("ensure, WAL mode", "wal"),
];

export function operation(name: string): Operation {
  const found = OPERATIONS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no operation ${name}`);
  return found;
}

/** A colony's database, by its folder. */
export const databaseOf = (colony: string): string => join(colony, "data", "progress.db");

const made = new Map<Before, Promise<Files>>();

/** The files that an operation begins with; made once. */
export function filesBefore(before: Before): Promise<Files> {
  let files = made.get(before);
  if (files === undefined) made.set(before, (files = make(before)));
  return files;
}

async function make(before: Before): Promise<Files> {
  if (before === "nothing") return new Map();
  if (before === "empty") return new Map([["", new Uint8Array(0)]]);
  const colony = mkdtempSync(join(tmpdir(), "hive-progress-db-before-"));
  try {
    const path = databaseOf(colony);
    mkdirSync(dirname(path));
    if (before === "ledger") await makeLedger(colony);
    else execFileSync("python3", ["-c", before === "old" ? INTERRUPTED_MODULE : LEFT_IN_WAL, colony, fileURLToPath(new URL("compat", import.meta.url))]);
    const files = new Map(readFiles(path));
    files.delete("-journal"); // An empty one, which the next writer would find. Let it make its own.
    return files;
  } finally {
    rmSync(colony, { recursive: true });
  }
}

async function makeLedger(colony: string): Promise<void> {
  const db = await openProgressDb(await ensureProgressDb(colony, { clock, durability: "process" }), { clock, durability: "process" });
  await db.seedTasks([
    ...["mine", "ready", "stale", "spent"].map((id) => ({ id, goal: id, steps, sop_items: [{ key: "k", description: "d" }] })),
    ...some(60, "old").map((task) => ({ ...task, payload: "x".repeat(200) })),
  ]);
  await db.transaction((sql) => {
    const claim = "UPDATE tasks SET status = 'claimed', worker_id = 'w', claim_token = 'token-' || id, claimed_at = ? WHERE id = ?";
    const claims = { mine: "08:59:00", ready: "08:59:30", stale: "08:00:00", spent: "08:00:00" };
    for (const [id, at] of Object.entries(claims)) sql.run(claim, [`2026-05-01 ${at}`, id]);
    sql.run("UPDATE tasks SET retry_count = max_retries WHERE id = 'spent'");
    sql.run("UPDATE sop_checklist SET done_at = ?, done_by = 'w' WHERE task_id = 'ready'", ["2026-05-01 08:59:40"]);
  });
  await db.close();
}

/** As the module leaves it when it is killed between its statements: tables, and no version yet. */
const INTERRUPTED_MODULE = `
import sqlite3, sys
con = sqlite3.connect(sys.argv[1] + "/data/progress.db")
sys.path.insert(0, sys.argv[2]); sys.dont_write_bytecode = True
import seed_progress_db as seed
con.executescript(seed._SCHEMA_V1.split("CREATE TABLE IF NOT EXISTS sop_checklist")[0])
con.execute("INSERT INTO tasks (id, goal, created_at, updated_at, status, claimed_at) VALUES ('stale', 'g', '', '', 'claimed', '2026-05-01 08:00:00')")
con.commit()
`;

/** Dies with committed rows in the -wal, and with the end of a transaction that was not committed. */
const LEFT_IN_WAL = `
import os, sqlite3, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2]); sys.dont_write_bytecode = True
import seed_progress_db as seed
path = seed.ensure_progress_db(Path(sys.argv[1]))
seed.seed_tasks(path, [{"goal": f"checkpointed {n}", "steps": [{"title": "one"}]} for n in range(40)])
con = sqlite3.connect(path, isolation_level=None)
con.execute("PRAGMA wal_autocheckpoint = 0")
con.execute("PRAGMA cache_size = 4")
con.execute("SELECT count(*) FROM tasks").fetchone()
seed.seed_tasks(path, [{"goal": f"in the wal {n}", "steps": [{"title": "one"}]} for n in range(40)])
con.execute("BEGIN IMMEDIATE")
con.executemany("INSERT INTO tasks (id, goal, created_at, updated_at) VALUES (?, ?, '', '')", [(f"never-{n}", "x" * 500) for n in range(80)])
os._exit(0)
`;

export const FILE_NAMES: readonly FileName[] = ["", "-journal", "-wal", "-shm"];

export function readFiles(path: string): Files {
  return new Map(FILE_NAMES.filter((file) => statSync(path + file, { throwIfNoEntry: false }) !== undefined)
    .map((file) => [file, new Uint8Array(readFileSync(path + file))]));
}

/** Puts exactly these files in place. */
export function writeFiles(path: string, files: Files): void {
  mkdirSync(dirname(path), { recursive: true });
  for (const file of FILE_NAMES) {
    const bytes = files.get(file);
    if (bytes === undefined) rmSync(path + file, { force: true });
    else writeFileSync(path + file, bytes);
  }
}
