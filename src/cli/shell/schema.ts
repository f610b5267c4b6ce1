import type { SqlValue } from "../../sqlite/sql.ts";
import { createStatement, type Source } from "./dump.ts";

/** What `.tables`, `.indexes`, `.schema` and `.databases` show. */

const SCREEN_CHARACTERS = 80;

interface Attached {
  readonly name: string;
  readonly file: string;
}

export async function databases(source: Source): Promise<Attached[]> {
  return (await source.rows("PRAGMA database_list")).map(([, name, file]) => ({ name: String(name), file: String(file ?? "") }));
}

/** Names of tables and views, or of indexes, in columns that fill the screen; those of `main` without its name. */
export async function listNames(source: Source, kind: "tables" | "indexes", pattern: string | undefined): Promise<string> {
  const what = kind === "tables"
    ? "type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name LIKE ?"
    : "type = 'index' AND tbl_name LIKE ?";
  const names: string[] = [];
  for (const { name: database } of await databases(source)) {
    const rows = await source.rows(`SELECT name FROM "${database}".sqlite_schema WHERE ${what}`, [pattern ?? "%"]);
    for (const [name] of rows) names.push(database === "main" ? String(name) : `${database}.${String(name)}`);
  }
  return inColumns(names.sort((a, b) => (a < b ? -1 : 1)));
}

function inColumns(names: readonly string[]): string {
  const width = Math.max(0, ...names.map((name) => name.length));
  const columns = Math.max(1, Math.floor(SCREEN_CHARACTERS / (width + 2)));
  const lines = Math.ceil(names.length / columns);
  let out = "";
  for (let line = 0; line < lines; line++) {
    const row = names.filter((_, index) => index % lines === line);
    out += `${row.map((name) => name.padEnd(width)).join("  ")}\n`;
  }
  return out;
}

const SCHEMA_TABLE = "CREATE TABLE sqlite_schema (\n  type text,\n  name text,\n  tbl_name text,\n  rootpage integer,\n  sql text\n);\n";

/** The CREATE statements of tables whose name matches (LIKE, or GLOB where the pattern has `*` or `?`), and of all that belongs to them. */
export async function schemaText(source: Source, pattern: string | undefined, { noSystem }: { readonly noSystem: boolean }): Promise<string> {
  if (/^sqlite_(schema|master)$/i.test(pattern ?? "")) return SCHEMA_TABLE;
  const operator = /[*?[]/.test(pattern ?? "") ? "GLOB" : "LIKE";
  let out = "";
  for (const { name: database } of await databases(source)) {
    const named = (pattern ?? "").includes(".") ? `lower('${database}.' || tbl_name)` : "lower(tbl_name)";
    const rows = await source.rows(
      `SELECT sql, type, name FROM "${database}".sqlite_schema WHERE sql IS NOT NULL AND (?1 IS NULL OR ${named} ${operator} lower(?1))`
      + `${noSystem ? " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'" : ""} ORDER BY rowid`, [pattern ?? null]);
    for (const row of rows) out += await schemaLine(source, database, row);
  }
  return out;
}

/** A view's columns stand behind it, as a comment. */
async function schemaLine(source: Source, database: string, [sql, type, name]: SqlValue[]): Promise<string> {
  const isVirtual = /^CREATE VIRTUAL TABLE/i.test(String(sql));
  if (type !== "view" && !isVirtual) return `${createStatement(String(sql))};\n`;
  const columns = await source.rows("SELECT name FROM pragma_table_info(?, ?)", [name ?? null, database]);
  return `${String(sql)}\n/* ${String(name)}(${columns.map(([column]) => String(column)).join(",")}) */;\n`;
}
