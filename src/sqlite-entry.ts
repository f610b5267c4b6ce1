/**
 * SQLite for any database, with a ledger in it or without: SQL as it stands, on real
 * files, through the same lock as everything else here.
 * @module
 */
export { copySqlite, type CopyOptions } from "./colony/copy-sqlite.ts";
export { openSqlite } from "./colony/open-sqlite.ts";
export type { RunOptions, SqliteDb, SqliteOptions, StatementResult } from "./sqlite-db.ts";
export { inspectWal, type WalContents, type WalReport, type WalStop } from "./sqlite/inspect-wal.ts";
export type { SqlParameters, SqlValue } from "./sqlite/sql.ts";
