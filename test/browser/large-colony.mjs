// A large colony, for the tests and the benchmark: 4 steps and 2 gates a task, about 2.6 kB in all.
import { execFileSync } from "node:child_process";

/** Tasks seeded at a time: a queen writes tasks next to their steps and gates. */
const BATCH = 1000;

/** Fills a new colony's database with the real `sqlite3`: random ids, seeded in batches, then worked on. */
export function fillColony(path, tasks) {
  const batches = Array.from({ length: tasks / BATCH }, (_, batch) => `
    INSERT INTO tasks (id, seq, priority, goal, payload, created_at, updated_at, source)
    SELECT lower(hex(randomblob(18))), i, i % 5, 'goal ' || i || substr(hex(zeroblob(40)), 1, 80), json_object('url', 'https://example.org/' || i, 'note', hex(zeroblob(50))),
      strftime('%Y-%m-%dT%H:%M:%S+00:00', 1777626000 + i, 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%S+00:00', 1777626000 + i, 'unixepoch'), 'queen_create'
    FROM (SELECT value + ${batch * BATCH} AS i FROM numbers);
    INSERT INTO steps (id, task_id, seq, title, detail)
    SELECT lower(hex(randomblob(18))), id, step, 'step ' || step, hex(zeroblob(20)) FROM tasks CROSS JOIN (SELECT 1 AS step UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) WHERE tasks.rowid > ${batch * BATCH};
    INSERT INTO sop_checklist (id, task_id, key, description, required)
    SELECT lower(hex(randomblob(18))), id, 'gate-' || gate, 'somebody else has read it', gate % 2 FROM tasks CROSS JOIN (SELECT 1 AS gate UNION SELECT 2) WHERE tasks.rowid > ${batch * BATCH};`);
  execFileSync("sqlite3", [path], { input: `
    PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY;
    BEGIN;
    CREATE TEMP TABLE numbers AS WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value < ${BATCH - 1}) SELECT value FROM n;
    ${batches.join("")}
    UPDATE tasks SET status = CASE WHEN seq % 10 < 6 THEN 'done' WHEN seq % 10 = 6 THEN 'failed' ELSE 'in_progress' END,
      worker_id = 'w-' || (seq % 16), claim_token = lower(hex(randomblob(16))), claimed_at = datetime(1777626060 + seq, 'unixepoch'),
      started_at = datetime(1777626060 + seq, 'unixepoch'), completed_at = CASE WHEN seq % 10 < 7 THEN datetime(1777626120 + seq, 'unixepoch') END,
      updated_at = datetime(1777626120 + seq, 'unixepoch'), retry_count = seq % 4,
      last_error = CASE WHEN seq % 10 = 6 THEN 'HTTP ' || (400 + seq % 100) || ' at https://example.org/' || seq END
    WHERE seq % 10 < 8;
    UPDATE steps SET status = 'done', evidence = hex(zeroblob(20)), worker_id = 'w-1', started_at = '2026-05-02 10:00:00', completed_at = '2026-05-02 10:01:00'
    WHERE (rowid - 1) / 4 % 10 < 6;
    UPDATE sop_checklist SET done_at = '2026-05-02 10:00:00', done_by = 'w-1' WHERE (rowid - 1) / 2 % 10 < 6;
    COMMIT;` });
}
