import { unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { CLOCK_TOLERANCE, isInFuture, isInOtherForm, TIME_COLUMNS, written, type LedgerTable } from "./times.ts";

/** One time that was rewritten. */
export interface TimeChange {
  table: LedgerTable;
  column: string;
  /** The row's id. */
  id: string;
  before: string;
  after: string;
  /** `form`: the same instant in its column's form. `future`: it was yet to come, and is now. */
  why: "form" | "future";
}

/** Rewrites times in the form of their columns, and sets those that are yet to come to now. Times that cannot be read stay. */
export function fixTimes(sql: Sql, clock: Clock): TimeChange[] {
  const now = unixSeconds(clock);
  const changes: TimeChange[] = [];
  for (const time of TIME_COLUMNS) {
    const { table, column } = time;
    const form = time.form === "either" ? "sql" : time.form;
    const wrong = sql.all<Pick<TimeChange, "id" | "before" | "after"> & { future: number }>(
      `SELECT id, ${column} AS before, ${isInFuture(time)} AS future,
         ${written(form, `CASE WHEN ${isInFuture(time)} THEN :now ELSE unixepoch(${column}) END`)} AS after
       FROM ${table} WHERE ${isInFuture(time)} OR ${isInOtherForm(time)} ORDER BY rowid`,
      { ":future": now + CLOCK_TOLERANCE, ":now": now },
    );
    for (const { id, before, after, future } of wrong) {
      sql.run(`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [after, id]);
      changes.push({ table, column, id, before, after, why: future === 1 ? "future" : "form" });
    }
  }
  return changes;
}
