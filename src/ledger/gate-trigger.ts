import type { Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { setMeta } from "./schema.ts";

/** Makes the database itself refuse to complete a task with open gates, whoever asks: also a bare `sqlite3`. */

const META_KEY = "enforce_gates";
const TRIGGERS = {
  hive_progress_db_enforce_gates: "BEFORE UPDATE OF status ON tasks WHEN NEW.status = 'done' AND OLD.status <> 'done'",
  hive_progress_db_enforce_gates_on_insert: "BEFORE INSERT ON tasks WHEN NEW.status = 'done'", // As REPLACE does.
};

export function setGateTrigger(sql: Sql, clock: Clock, isWanted: boolean): void {
  const names = Object.keys(TRIGGERS);
  const existing = sql.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").map(({ name }) => name);
  if (names.every((name) => existing.includes(name) === isWanted)) return;
  for (const [name, when] of Object.entries(TRIGGERS)) {
    sql.run(`DROP TRIGGER IF EXISTS ${name}`);
    if (!isWanted) continue;
    sql.run(`
      CREATE TRIGGER ${name} ${when} AND EXISTS (
        SELECT 1 FROM sop_checklist WHERE task_id = NEW.id AND required <> 0 AND done_at IS NULL
      )
      BEGIN
        SELECT RAISE(ABORT, 'SOP_OPEN: a required SOP item of this task is still open');
      END`);
  }
  if (isWanted) setMeta(sql, clock, META_KEY, `triggers ${names.join(", ")}`);
  else sql.run("DELETE FROM colony_meta WHERE key = ?", [META_KEY]);
}
