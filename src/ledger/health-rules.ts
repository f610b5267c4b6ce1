import { isInFuture, isInOtherForm, isUnreadable, TIME_COLUMNS, type LedgerTable, type TimeColumn } from "./times.ts";
import { IS_STALE } from "./task.ts";

/**
 * What may be wrong with a ledger. `error`: work is lost, stuck or wrongly closed.
 * `warning`: it will be unless somebody acts. `info`: worth knowing.
 */
export type Severity = "error" | "warning" | "info";

/** One thing that may be wrong, as data. */
export interface HealthRule {
  /** A word that never changes between releases. */
  readonly id: string;
  readonly severity: Severity;
  /** What is wrong, said of several. */
  readonly what: string;
  /** What to do about it. */
  readonly fix: string;
  /** Whose ids the rule gives. */
  readonly of: LedgerTable;
  /** Selects the `id` of each offender, once or more. May use `:staleBefore` and `:future`, both in seconds since 1970. */
  readonly sql: string;
}

const IN_HAND = "status IN ('claimed', 'in_progress')";

export const HEALTH_RULES: readonly HealthRule[] = [
  {
    id: "stale_claims", severity: "warning", of: "tasks",
    what: "claims without a heartbeat for too long: their workers are probably gone",
    fix: "colony reclaim",
    sql: `SELECT id FROM tasks WHERE ${IS_STALE.replace("?", ":staleBefore")} ORDER BY rowid`,
  },
  {
    id: "in_hand_without_worker", severity: "error", of: "tasks",
    what: "tasks claimed or in progress that name no worker: nobody will finish them",
    fix: "colony release <id>",
    sql: `SELECT id FROM tasks WHERE ${IN_HAND} AND COALESCE(worker_id, '') = '' ORDER BY rowid`,
  },
  {
    id: "in_hand_without_claim_time", severity: "error", of: "tasks",
    what: "tasks claimed or in progress without a time of claim that can be read: they never become stale",
    fix: "colony release <id>",
    sql: `SELECT id FROM tasks WHERE ${IN_HAND} AND unixepoch(claimed_at) IS NULL ORDER BY rowid`,
  },
  {
    id: "done_with_open_gates", severity: "error", of: "tasks",
    what: "tasks done although a required SOP item is open",
    fix: "look at each with `colony show <id>`; `colony init --enforce-gates` makes the database refuse it from now on",
    sql: `SELECT DISTINCT tasks.id FROM sop_checklist JOIN tasks ON tasks.id = task_id
      WHERE required <> 0 AND done_at IS NULL AND tasks.status = 'done' ORDER BY tasks.rowid`,
  },
  {
    id: "done_with_unfinished_steps", severity: "warning", of: "tasks",
    what: "tasks done although a step is neither done nor skipped",
    fix: "look at each with `colony show <id>`",
    sql: `SELECT id FROM tasks WHERE status = 'done'
      AND id IN (SELECT task_id FROM steps WHERE steps.status NOT IN ('done', 'skipped')) ORDER BY rowid`,
  },
  {
    id: "retries_over_maximum", severity: "warning", of: "tasks",
    what: "tasks tried more often than their max_retries allow",
    fix: "colony retry <id> --reset-retries, once they have failed",
    sql: "SELECT id FROM tasks WHERE retry_count > max_retries ORDER BY rowid",
  },
  {
    id: "unknown_status", severity: "error", of: "tasks",
    what: "tasks with a status that is none of ours: no worker will claim them",
    fix: "set it to pending, claimed, in_progress, done or failed with `colony sql --write`",
    sql: "SELECT id FROM tasks WHERE status NOT IN ('pending', 'claimed', 'in_progress', 'done', 'failed') ORDER BY rowid",
  },
  {
    id: "unknown_step_status", severity: "warning", of: "steps",
    what: "steps with a status that is none of ours",
    fix: "set it to pending, in_progress, done, failed or skipped with `colony sql --write`",
    sql: "SELECT id FROM steps WHERE status NOT IN ('pending', 'in_progress', 'done', 'failed', 'skipped') ORDER BY rowid",
  },
  {
    id: "failed_without_error", severity: "info", of: "tasks",
    what: "tasks failed without a word about why",
    fix: "have workers pass the reason: colony fail <id> --error TEXT",
    sql: "SELECT id FROM tasks WHERE status = 'failed' AND COALESCE(last_error, '') = '' ORDER BY rowid",
  },
  {
    id: "missing_parent", severity: "warning", of: "tasks",
    what: "tasks whose parent is not in the ledger",
    fix: "clear parent_task_id with `colony sql --write`",
    sql: `SELECT id FROM tasks AS child WHERE parent_task_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM tasks WHERE id = child.parent_task_id) ORDER BY rowid`,
  },
  {
    id: "parent_cycle", severity: "warning", of: "tasks",
    what: "tasks that are their own ancestors, or below such: no tree from a root shows them",
    fix: "clear parent_task_id of one of them with `colony sql --write`",
    // Whoever circles, or is below such, has a parent that has a parent: of those, all that lead up to one that has not.
    sql: `WITH RECURSIVE
        link(id, parent) AS MATERIALIZED (
          SELECT id, parent_task_id FROM tasks AS child
          WHERE (SELECT parent_task_id FROM tasks WHERE id = child.parent_task_id) IS NOT NULL
        ),
        rooted(id) AS (
          SELECT parent FROM link WHERE parent NOT IN (SELECT id FROM link) UNION SELECT link.id FROM rooted JOIN link ON link.parent = rooted.id
        )
      SELECT id FROM link WHERE id NOT IN (SELECT id FROM rooted)`,
  },
  {
    id: "orphan_steps", severity: "warning", of: "steps",
    what: "steps of tasks that are not in the ledger",
    fix: "delete them with `colony sql --write`",
    sql: "SELECT id FROM steps WHERE task_id IN (SELECT task_id FROM steps EXCEPT SELECT id FROM tasks)",
  },
  {
    id: "orphan_sop_items", severity: "warning", of: "sop_checklist",
    what: "SOP items of tasks that are not in the ledger",
    fix: "delete them with `colony sql --write`",
    sql: "SELECT id FROM sop_checklist WHERE task_id IN (SELECT task_id FROM sop_checklist EXCEPT SELECT id FROM tasks)",
  },
  {
    id: "unreadable_times", severity: "error", of: "tasks",
    what: "tasks with times, their own or of their parts, that SQLite cannot read",
    fix: "set them with `colony sql --write`",
    sql: tasksWhere(isUnreadable),
  },
  {
    id: "future_times", severity: "warning", of: "tasks",
    what: "tasks with times, their own or of their parts, that are yet to come: somebody wrote local time, or has a wrong clock",
    fix: "colony doctor --fix-times sets them to now",
    sql: tasksWhere(isInFuture),
  },
  {
    id: "mixed_times", severity: "info", of: "tasks",
    what: "tasks with times, their own or of their parts, in another form than their columns': as text they compare wrongly",
    fix: "colony doctor --fix-times rewrites them",
    sql: tasksWhere(isInOtherForm),
  },
];

/** Tasks, some more than once, for which the condition holds in some column of theirs, of their steps or of their SOP items. */
function tasksWhere(condition: (column: TimeColumn) => string): string {
  const any = (table: LedgerTable): string => TIME_COLUMNS.filter((each) => each.table === table).map(condition).join(" OR ");
  return `SELECT id FROM tasks WHERE ${any("tasks")}
    UNION ALL SELECT task_id FROM steps WHERE ${any("steps")}
    UNION ALL SELECT task_id FROM sop_checklist WHERE ${any("sop_checklist")}`;
}
