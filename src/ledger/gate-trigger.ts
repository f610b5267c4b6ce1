import type { Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { setMeta } from "./schema.ts";

/** Makes the database itself refuse to complete a task with open gates, whoever asks: also a bare `sqlite3`. */

const NAME = "hive_progress_db_enforce_gates";
const META_KEY = "enforce_gates";

export function setGateTrigger(sql: Sql, clock: Clock, isWanted: boolean): void {
  const exists = sql.get("SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = ?", [NAME]) !== undefined;
  if (exists === isWanted) return;
  if (isWanted) {
    sql.run(`
      CREATE TRIGGER ${NAME} BEFORE UPDATE OF status ON tasks
      WHEN NEW.status = 'done' AND OLD.status <> 'done' AND EXISTS (
        SELECT 1 FROM sop_checklist WHERE task_id = NEW.id AND required <> 0 AND done_at IS NULL
      )
      BEGIN
        SELECT RAISE(ABORT, 'SOP_OPEN: a required SOP item of this task is still open');
      END`);
    setMeta(sql, clock, META_KEY, `trigger ${NAME}`);
  } else {
    sql.run(`DROP TRIGGER ${NAME}`);
    sql.run("DELETE FROM colony_meta WHERE key = ?", [META_KEY]);
  }
}
