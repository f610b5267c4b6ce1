import { execFileSync } from "node:child_process";
import { ensureProgressDb } from "hive-progress-db";
import { join } from "node:path";

/**
 * A colony of any size, made by SQL: with 100,000 tasks it has 400,000 steps and 200,000
 * gates in 258 MB. Half of the tasks are done, a twentieth failed; one in ten has a parent.
 */
export async function bigColony(folder: string, tasks: number, padding = 130): Promise<string> {
  const path = await ensureProgressDb(join(folder, `big-${tasks}`));
  const id = (table: string, number: string): string => `printf('%s%08x-%04x-4%03x-8%03x-%012x', '${table}', ${number}, ${number} % 65521, ${number} % 4093, ${number} % 4091, ${number} * 7919)`;
  const ago = (seconds: string): string => `datetime('2026-11-23 12:00:00', '-' || (${seconds}) || ' seconds')`;
  const text = (words: string): string => `substr(printf('%s %.*c', ${words}, ${padding}, 'x'), 1, ${padding})`;
  const status = "CASE WHEN n % 20 = 7 THEN 'failed' WHEN n % 2 = 0 THEN 'done' WHEN n % 997 = 1 THEN 'in_progress' WHEN n % 1999 = 3 THEN 'claimed' ELSE 'pending' END";
  execFileSync("sqlite3", [path, `
    PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;
    CREATE TEMP TABLE numbers AS WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted LIMIT ${tasks}) SELECT n, ${status} AS status FROM counted;
    BEGIN;
    INSERT INTO tasks (id, seq, priority, goal, payload, status, worker_id, claim_token, claimed_at, started_at, completed_at, created_at, updated_at, retry_count, last_error, parent_task_id, source)
      SELECT ${id("", "n")}, n, n % 7, ${text("'Fetch page ' || n || ' of the archive'")}, json_object('url', 'https://example.org/' || n, 'depth', n % 9), status,
        CASE status WHEN 'pending' THEN NULL ELSE 'w-' || (n % 40) END, CASE status WHEN 'pending' THEN NULL ELSE ${id("", "n * 3")} END,
        CASE status WHEN 'pending' THEN NULL ELSE ${ago(`${tasks} - n`)} END, CASE status WHEN 'pending' THEN NULL ELSE ${ago(`${tasks} - n + 60 + n % 90`)} END,
        CASE WHEN status IN ('done', 'failed') THEN ${ago(`${tasks} - n`)} END,
        replace(${ago(`${tasks} + 3600`)}, ' ', 'T') || '+00:00', ${ago(`${tasks} - n`)}, CASE n % 51 WHEN 0 THEN 1 + n % 3 ELSE 0 END, CASE status WHEN 'failed' THEN 'HTTP ' || (500 + n % 5) || ' at https://example.org/' || n END,
        CASE WHEN n % 10 = 0 AND n > 100 THEN ${id("", "n / 100")} END, 'queen_create' FROM numbers;
    INSERT INTO steps (id, task_id, seq, title, detail, status, evidence, worker_id, started_at, completed_at)
      SELECT ${id("s", "n * 4 + k")}, ${id("", "n")}, k, CASE k WHEN 1 THEN 'Fetch' WHEN 2 THEN 'Parse' WHEN 3 THEN 'Index' ELSE 'Check' END, NULL,
        CASE WHEN status = 'done' OR (status IN ('failed', 'in_progress') AND k < 3) THEN 'done' ELSE 'pending' END,
        CASE WHEN status = 'done' THEN ${text("'evidence ' || n")} END, CASE status WHEN 'pending' THEN NULL ELSE 'w-' || (n % 40) END,
        CASE status WHEN 'pending' THEN NULL ELSE ${ago(`${tasks} - n + 60 - k * 10`)} END, CASE WHEN status = 'done' THEN ${ago(`${tasks} - n + 50 - k * 10`)} END
      FROM numbers, (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4);
    INSERT INTO sop_checklist (id, task_id, key, description, required, done_at, done_by, note)
      SELECT ${id("g", "n * 2 + k")}, ${id("", "n")}, CASE k WHEN 1 THEN 'read' ELSE 'kept' END, 'somebody else has read it', k, CASE WHEN status = 'done' AND n % 5000 <> 0 THEN ${ago(`${tasks} - n`)} END, NULL, NULL
      FROM numbers, (SELECT 0 AS k UNION ALL SELECT 1);
    COMMIT;`]);
  return path;
}
