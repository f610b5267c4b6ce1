import { SqliteDb, type SqliteOptions } from "../sqlite-db.ts";
import { onRealFiles } from "./real-files.ts";

/**
 * Opens any SQLite database for SQL as it stands, on real files and with the dotfile
 * lock unless told otherwise. `:memory:` is one that lives as long as its handle.
 *
 * Throws NOT_FOUND when there is no file, unless `create` says to make one; what is
 * not a database, or is in WAL mode with native clients, is refused by the first `run`.
 */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<SqliteDb> {
  return SqliteDb.open(path, onRealFiles(options));
}
