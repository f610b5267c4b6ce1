import { openSqlite } from "../../colony/open-sqlite.ts";
import { ProgressDbError } from "../../errors.ts";
import type { SqlValue } from "../../sqlite/sql.ts";
import type { Context } from "../context.ts";
import { databaseOf, openOptions } from "../database.ts";
import { EXPORTS, type Export } from "../output/export.ts";
import { ProgressBar } from "../output/progress-bar.ts";
import { Output } from "../output/descriptor.ts";
import { expectShortLife } from "../short-lived.ts";

/** Writes a table as it is at one moment: one statement reads it all. */
export async function run(context: Context): Promise<void> {
  const table = context.text("table") ?? "tasks";
  const format = EXPORTS[context.arg("format") as Export];
  expectShortLife();
  const { timeoutMs, signal, nativeClients, wasm } = await openOptions(context);
  const db = await openSqlite(await databaseOf(context), { readOnly: true, timeoutMs, signal, nativeClients, wasm });
  const progress = new ProgressBar(context.terminal, `exporting ${table}`, !context.is("quiet"));
  try {
    const rows = async (sql: string, parameters: SqlValue[] = []): Promise<SqlValue[][]> => {
      const all: SqlValue[][] = [];
      for await (const result of db.run(sql, { parameters })) all.push(...result.rows);
      return all;
    };
    const name = await findTable(rows, table);
    const [[total] = []] = await rows(`SELECT count(*) FROM ${name}`);
    const out = new Output(1, { isScreen: false });
    const write = format((text) => out.write(text), { isForScreen: context.terminal.isScreen, isRaw: context.is("raw"), hasBom: context.is("bom") });
    let count = 0;
    const statements = db.run(`SELECT * FROM ${name}`, {
      bigInts: true,
      onRow(row, columns) {
        write.row(row, columns);
        progress.update(++count, Number(total));
      },
    });
    for await (const { columns } of statements) write.end(columns);
    out.flush();
  } finally {
    progress.end();
    await db.close();
  }
}

/** The table's name, fit for SQL. Throws NOT_FOUND. */
async function findTable(rows: (sql: string, parameters?: SqlValue[]) => Promise<SqlValue[][]>, name: string): Promise<string> {
  const names = (await rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")).map(([each]) => String(each));
  const found = names.find((each) => each.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return `"${found.replaceAll('"', '""')}"`;
  throw new ProgressDbError("NOT_FOUND", `there is no table ${name}`, { hint: `there are: ${names.join(", ")}`, details: { table: name } });
}
