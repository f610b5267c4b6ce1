/** Questions people ask of a ledger, to start from. */
export const READY_QUERIES: readonly { title: string; sql: string }[] = [
  { title: "Tasks by status", sql: "SELECT status, count(*) AS tasks FROM tasks GROUP BY status ORDER BY tasks DESC" },
  { title: "What would be claimed next", sql: "SELECT id, priority, seq, goal FROM tasks\nWHERE status = 'pending'\nORDER BY priority DESC, seq, created_at LIMIT 20" },
  { title: "In hand, the longest silent first", sql: "SELECT worker_id, goal, status, claimed_at,\n  (unixepoch('now') - unixepoch(claimed_at)) / 60 AS minutes_silent\nFROM tasks WHERE status IN ('claimed', 'in_progress')\nORDER BY unixepoch(claimed_at)" },
  { title: "Failures with their errors", sql: "SELECT id, goal, worker_id, retry_count, max_retries, last_error\nFROM tasks WHERE status = 'failed' ORDER BY unixepoch(completed_at) DESC" },
  { title: "Errors, the most frequent first", sql: "SELECT last_error, count(*) AS tasks FROM tasks\nWHERE last_error IS NOT NULL GROUP BY last_error ORDER BY tasks DESC" },
  { title: "Done, with a required gate open", sql: "SELECT t.id, t.goal, g.key, g.description FROM tasks t\nJOIN sop_checklist g ON g.task_id = t.id\nWHERE t.status = 'done' AND g.required <> 0 AND g.done_at IS NULL" },
  { title: "Done per hour", sql: "SELECT strftime('%Y-%m-%d %H:00', completed_at) AS hour, count(*) AS done\nFROM tasks WHERE status = 'done' GROUP BY hour ORDER BY hour" },
  { title: "Workers, with what they did", sql: "SELECT worker_id,\n  count(*) FILTER (WHERE status = 'done') AS done,\n  count(*) FILTER (WHERE status = 'failed') AS failed,\n  count(*) FILTER (WHERE status IN ('claimed', 'in_progress')) AS in_hand\nFROM tasks WHERE worker_id IS NOT NULL GROUP BY worker_id ORDER BY done DESC" },
  { title: "The slowest tasks", sql: "SELECT goal, worker_id, unixepoch(completed_at) - unixepoch(started_at) AS seconds\nFROM tasks WHERE status = 'done' AND started_at IS NOT NULL\nORDER BY seconds DESC LIMIT 20" },
  { title: "Evidence, the newest first", sql: "SELECT t.goal, s.title, s.evidence, s.completed_at FROM steps s\nJOIN tasks t ON t.id = s.task_id\nWHERE s.evidence IS NOT NULL ORDER BY unixepoch(s.completed_at) DESC LIMIT 100" },
  { title: "Payloads, taken apart", sql: "SELECT t.id, j.key, j.type, j.value FROM tasks t, json_each(t.payload) j\nWHERE json_valid(t.payload) LIMIT 200" },
  { title: "Subtrees, with their progress", sql: "WITH RECURSIVE below(root, id, status) AS (\n  SELECT id, id, status FROM tasks WHERE parent_task_id IS NULL\n  UNION ALL SELECT root, t.id, t.status FROM below JOIN tasks t ON t.parent_task_id = below.id\n)\nSELECT root, count(*) AS tasks, count(*) FILTER (WHERE status = 'done') AS done\nFROM below GROUP BY root HAVING tasks > 1 ORDER BY tasks DESC LIMIT 50" },
];
