import type { SqlValue } from "../../sqlite/sql.ts";
import { sqlName } from "./modes/streamed.ts";
import { literal } from "./modes/values.ts";

/** What `.dump` and `.schema` ask of the database. */
export interface Source {
  rows(sql: string, parameters?: readonly SqlValue[]): Promise<SqlValue[][]>;
  each(sql: string, onRow: (row: SqlValue[]) => void): Promise<void>;
}

/** Writes SQL that makes the database again, or the objects whose name is LIKE one of the patterns. */
export async function dump(source: Source, patterns: readonly string[], write: (text: string) => void): Promise<void> {
  const like = patterns.length === 0 ? "true" : patterns.map(() => "name LIKE ? ESCAPE '\\'").join(" OR ");
  write("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n");
  await source.rows("SAVEPOINT dump");
  try {
    const tables = await source.rows(
      `SELECT name, sql FROM sqlite_schema WHERE (${like}) AND type = 'table' AND sql NOT NULL ORDER BY tbl_name = 'sqlite_sequence', rowid`, patterns);
    let setsSchema = false;
    for (const [name, sql] of tables) {
      if (typeof name !== "string" || typeof sql !== "string") continue;
      if (/^CREATE VIRTUAL TABLE/i.test(sql)) {
        if (!setsSchema) write("PRAGMA writable_schema=ON;\n");
        setsSchema = true;
        const text = (value: string): string => literal(value, { oneLine: false });
        write(`INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table',${text(name)},${text(name)},0,${text(sql)});\n`);
      } else {
        await dumpTable(source, name, sql, write);
      }
    }
    const others = await source.rows(`SELECT sql FROM sqlite_schema WHERE (${like}) AND sql NOT NULL AND type IN ('index', 'trigger', 'view')`, patterns);
    for (const [sql] of others) write(`${String(sql)};\n`);
    if (setsSchema) write("PRAGMA writable_schema=OFF;\n");
  } finally {
    await source.rows("RELEASE dump");
  }
  write("COMMIT;\n");
}

async function dumpTable(source: Source, name: string, sql: string, write: (text: string) => void): Promise<void> {
  if (name === "sqlite_sequence") write("DELETE FROM sqlite_sequence;\n");
  else if (name.startsWith("sqlite_stat")) return write("ANALYZE sqlite_schema;\n");
  else if (name.startsWith("sqlite_")) return;
  else write(`${createStatement(sql)};\n`);
  const columns = await source.rows("SELECT name FROM pragma_table_info(?)", [name]);
  const list = columns.map(([column]) => quotedName(String(column))).join(", ");
  await source.each(`SELECT ${list} FROM ${quotedName(name)}`, (row) =>
    write(`INSERT INTO ${sqlName(name)} VALUES(${row.map((value) => literal(value, { oneLine: true })).join(",")});\n`));
}

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table whose name is quoted may be one that SQLite makes by itself. */
export function createStatement(sql: string): string {
  return sql.replace(/^CREATE TABLE (?=['"])/, "CREATE TABLE IF NOT EXISTS ");
}
