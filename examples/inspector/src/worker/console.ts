import { ROW_CAP, type Grid, type QueryResult } from "../shared/protocol.ts";
import type { Database } from "./database.ts";

/** The SQL console: any SQL, on a connection that cannot write. */

export function runQuery(db: Database, sql: string): QueryResult {
  const started = performance.now();
  const grid = db.grid(sql, [], ROW_CAP + 1);
  const isCut = grid.rows.length > ROW_CAP;
  return { columns: grid.columns, rows: isCut ? grid.rows.slice(0, ROW_CAP) : grid.rows, isCut, ms: performance.now() - started };
}

export function explain(db: Database, sql: string): Grid {
  const plan = db.all<{ id: number; parent: number; detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
  const depth = new Map<number, number>([[0, -1]]);
  const rows = plan.map(({ id, parent, detail }) => {
    const level = (depth.get(parent) ?? -1) + 1;
    depth.set(id, level);
    return [`${"   ".repeat(level)}${level > 0 ? "└ " : ""}${detail}`];
  });
  return { columns: ["Query plan"], rows };
}
