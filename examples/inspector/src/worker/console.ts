import { ROW_CAP, type Grid, type QueryResult } from "../shared/protocol.ts";
import type { Database } from "./database.ts";

/** The SQL console: any SQL, on a connection that cannot write. */

export async function runQuery(db: Database, sql: string): Promise<QueryResult> {
  const started = performance.now();
  const grid = await db.grid(sql, [], ROW_CAP);
  return { ...grid, ms: performance.now() - started };
}

export async function explain(db: Database, sql: string): Promise<Grid> {
  const plan = await db.all<{ id: number; parent: number; detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
  const depth = new Map<number, number>([[0, -1]]);
  const rows = plan.map(({ id, parent, detail }) => {
    const level = (depth.get(parent) ?? -1) + 1;
    depth.set(id, level);
    return [`${"   ".repeat(level)}${level > 0 ? "└ " : ""}${detail}`];
  });
  return { columns: ["Query plan"], rows };
}

/** What SQLite has to say about the file; `ok` when all is well. */
export async function integrity(db: Database, isFull: boolean): Promise<{ messages: string[]; ms: number }> {
  const started = performance.now();
  const { rows } = await db.grid(isFull ? "PRAGMA integrity_check" : "PRAGMA quick_check");
  return { messages: rows.map(([message]) => String(message)), ms: performance.now() - started };
}
