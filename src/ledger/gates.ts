import type { Sql } from "../sqlite/sql.ts";

/** The SOP items of one key, over all tasks: where the work waits for approval. */
export interface GateGroup {
  key: string;
  /** Of the latest item with the key. */
  description: string;
  required: number;
  done: number;
  /** Required and open, of tasks that are neither done nor failed. */
  open: number;
  /** Those of `open` whose task is in hand: somebody is, or will soon be, held up. */
  blocking: number;
  /** Tasks in hand that it blocks, at most 10. */
  ids: string[];
}

const IDS_SHOWN = 10;

/** Gates by key, those that block the most first. */
export function getGates(sql: Sql): GateGroup[] {
  const blocked = new Map<string, string[]>();
  for (const { key, id } of sql.all<{ key: string; id: string }>(
    `SELECT key, tasks.id FROM tasks JOIN sop_checklist ON task_id = tasks.id
     WHERE tasks.status IN ('claimed', 'in_progress') AND required <> 0 AND done_at IS NULL ORDER BY tasks.rowid`,
  )) {
    const ids = blocked.get(key);
    if (ids === undefined) blocked.set(key, [id]);
    else ids.push(id);
  }
  // MAX(rowid) has SQLite take the bare columns from the latest row.
  return sql.all<Omit<GateGroup, "blocking" | "ids"> & { latest: number }>(
    `SELECT key, description, SUM(required <> 0) AS required, SUM(done_at IS NOT NULL) AS done, MAX(sop_checklist.rowid) AS latest,
       SUM(required <> 0 AND done_at IS NULL AND task_id IN (SELECT id FROM tasks WHERE status NOT IN ('done', 'failed'))) AS open
     FROM sop_checklist GROUP BY key ORDER BY open DESC, key`,
  ).map(({ key, description, required, done, open }) => {
    const ids = blocked.get(key) ?? [];
    return { key, description, required, done, open, blocking: ids.length, ids: ids.slice(0, IDS_SHOWN) };
  }).sort((a, b) => b.blocking - a.blocking);
}
