import type { SqlValue } from "../../../sqlite/sql.ts";

/** What the output modes share. */

export interface Settings {
  /** Column names first, in the modes where that is a choice. */
  headers: boolean;
  columnSeparator: string;
  rowSeparator: string;
  /** Stands for NULL, but in JSON and SQL. */
  nullValue: string;
  /** The table that `insert` names. */
  table: string;
}

/** Writes one statement's result. */
export interface Printer {
  row(values: readonly SqlValue[], columns: readonly string[]): void;
  /** There are no more rows; there may have been none. */
  end(columns: readonly string[]): void;
}

export type Format = (settings: Settings, write: (text: string) => void) => Printer;
