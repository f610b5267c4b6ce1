/** The columns that hold times, and the form in which each is written and compared. */

export type LedgerTable = "tasks" | "steps" | "sop_checklist";

/** `iso`: `2026-05-01T09:00:00+00:00`; `sql`: `2026-05-01 09:00:00`; `either` where seeding writes the one and workers the other. */
export interface TimeColumn {
  readonly table: LedgerTable;
  readonly column: string;
  readonly form: "iso" | "sql" | "either";
}

/** As the Python module and Hive's worker protocol write them. */
export const TIME_COLUMNS: readonly TimeColumn[] = [
  { table: "tasks", column: "created_at", form: "iso" },
  { table: "tasks", column: "updated_at", form: "either" },
  { table: "tasks", column: "claimed_at", form: "sql" },
  { table: "tasks", column: "started_at", form: "sql" },
  { table: "tasks", column: "completed_at", form: "sql" },
  { table: "steps", column: "started_at", form: "sql" },
  { table: "steps", column: "completed_at", form: "sql" },
  { table: "sop_checklist", column: "done_at", form: "sql" },
];

/** A clock may be this much ahead of ours, seconds, before its times are of the future. */
export const CLOCK_TOLERANCE = 60;

/** SQL: an instant, in seconds since 1970, in the form of the column. */
export function written(form: "iso" | "sql", instant: string): string {
  return form === "iso" ? `strftime('%Y-%m-%dT%H:%M:%S+00:00', ${instant}, 'unixepoch')` : `datetime(${instant}, 'unixepoch')`;
}

/** SQL that is true where the column's time cannot be read. */
export function isUnreadable({ column }: TimeColumn): string {
  return `(${column} IS NOT NULL AND unixepoch(${column}) IS NULL)`;
}

/** SQL that is true where the time lies after `:future`. */
export function isInFuture({ column }: TimeColumn): string {
  return `unixepoch(${column}) > :future`;
}

/** SQL that is true where a time that can be read is not in its column's form. */
export function isInOtherForm({ column, form }: TimeColumn): string {
  return form === "either" ? "0" : `${column} <> ${written(form, `unixepoch(${column})`)}`;
}
