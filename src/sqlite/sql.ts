/** What SQL may be given and may give back. Integers beyond 2^53 come back as `bigint`. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** By position, or by name with its sigil (`{ ":id": 1 }`). Booleans are bound as 1 and 0. */
export type SqlParameters = readonly (SqlValue | boolean)[] | Readonly<Record<string, SqlValue | boolean>>;

/** A row, by column name. */
export type SqlRow = Record<string, SqlValue>;

/** The small synchronous interface the ledger is written against; another SQLite could offer it too. */
export interface Sql {
  /** All rows. */
  all<Row = SqlRow>(sql: string, parameters?: SqlParameters): Row[];
  /** The first row, or `undefined`. */
  get<Row = SqlRow>(sql: string, parameters?: SqlParameters): Row | undefined;
  /** Runs one statement; returns how many rows it inserted, updated or deleted. */
  run(sql: string, parameters?: SqlParameters): number;
}
