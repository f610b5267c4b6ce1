import { isoTime, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { SCHEMA_VERSION } from "./schema-version.ts";

/**
 * Version 1, the same as the Python module's: both work on one file. What we add
 * to a database is a trigger or a table of our own, named in `colony_meta`.
 */
const STATEMENTS = [
  `CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY,
    seq INTEGER,
    priority INTEGER NOT NULL DEFAULT 0,
    goal TEXT NOT NULL,
    payload TEXT,
    status TEXT NOT NULL DEFAULT 'pending',
    worker_id TEXT,
    claim_token TEXT,
    claimed_at TEXT,
    started_at TEXT,
    completed_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    retry_count INTEGER NOT NULL DEFAULT 0,
    max_retries INTEGER NOT NULL DEFAULT 3,
    last_error TEXT,
    parent_task_id TEXT REFERENCES tasks(id) ON DELETE SET NULL,
    source TEXT
  )`,
  `CREATE TABLE IF NOT EXISTS steps (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    title TEXT NOT NULL,
    detail TEXT,
    status TEXT NOT NULL DEFAULT 'pending',
    evidence TEXT,
    worker_id TEXT,
    started_at TEXT,
    completed_at TEXT,
    UNIQUE (task_id, seq)
  )`,
  `CREATE TABLE IF NOT EXISTS sop_checklist (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    description TEXT NOT NULL,
    required INTEGER NOT NULL DEFAULT 1,
    done_at TEXT,
    done_by TEXT,
    note TEXT,
    UNIQUE (task_id, key)
  )`,
  `CREATE TABLE IF NOT EXISTS colony_meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at TEXT NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS idx_tasks_claimable
    ON tasks(status, priority DESC, seq, created_at)
    WHERE status = 'pending'`,
  `CREATE INDEX IF NOT EXISTS idx_steps_task_seq
    ON steps(task_id, seq)`,
  `CREATE INDEX IF NOT EXISTS idx_sop_required_open
    ON sop_checklist(task_id, required, done_at)`,
  `CREATE INDEX IF NOT EXISTS idx_tasks_status
    ON tasks(status, updated_at)`,
];

/** Brings the schema up to date. True when something had to be done. */
export function migrate(sql: Sql, clock: Clock): boolean {
  const version = sql.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  if (version >= SCHEMA_VERSION) return false;
  for (const statement of STATEMENTS) sql.run(statement);
  sql.run(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  setMeta(sql, clock, "schema_version", String(SCHEMA_VERSION));
  return true;
}

export function setMeta(sql: Sql, clock: Clock, key: string, value: string): void {
  sql.run("INSERT OR REPLACE INTO colony_meta(key, value, updated_at) VALUES (?, ?, ?)", [key, value, isoTime(clock)]);
}
