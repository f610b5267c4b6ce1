import type { Grid, Selection, TableInfo } from "../shared/protocol.ts";
import { identifier, type Database } from "./database.ts";
import { Selections } from "./selections.ts";

/** Any table or view of any schema, as it is. */

/** Rows of a view or of a table without rowids that can be paged through. */
const UNKEYED_CAP = 10_000;

interface Listed {
  table: string;
  /** Undefined for what has no rowid: then the list counts places. */
  rowid: string | undefined;
  order: string;
}

export class Tables {
  readonly #db: Database;
  readonly #selections = new Selections<Listed>();

  constructor(db: Database) {
    this.#db = db;
  }

  async list(): Promise<TableInfo[]> {
    const found = await this.#db.all<{ name: string; type: "table" | "view"; sql: string | null }>(`
      SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      UNION ALL SELECT 'sqlite_schema', 'table', NULL ORDER BY 2, 1`);
    const tables: TableInfo[] = [];
    for (const { name, type, sql } of found) tables.push({ name, type, sql: sql ?? "", columns: await this.#columns(name) });
    return tables;
  }

  /** Lists a table's rows; `sort` is a column's name, with `-` before it for descending, or empty. */
  async select(table: string, sort: string): Promise<Selection> {
    const started = performance.now();
    const rowid = await this.#rowidOf(table);
    const column = sort.replace(/^-/, "");
    const by = (await this.#columns(table)).some(({ name }) => name === column) ? `${identifier(column)} ${sort.startsWith("-") ? "DESC" : "ASC"}` : "";
    const order = [by, rowid].filter((each) => each !== undefined && each !== "").join(", ");
    const tail = order === "" ? "" : `ORDER BY ${order}`;
    const rowids = rowid === undefined
      ? Float64Array.from({ length: await this.#countUnkeyed(table) }, (_, index) => index)
      : await this.#db.rowids(`SELECT ${rowid} FROM ${identifier(table)} ${tail}`, []);
    const token = this.#selections.add({ table, rowid, order: tail }, rowids);
    return { token, count: rowids.length, ms: performance.now() - started, isCapped: rowid === undefined && rowids.length === UNKEYED_CAP };
  }

  rows(token: number, from: number, to: number): Promise<Grid> {
    const { kind: { table, rowid, order } } = this.#selections.get(token);
    if (rowid === undefined) return this.#db.grid(`SELECT * FROM ${identifier(table)} ${order} LIMIT ? OFFSET ?`, [to - from, from]);
    return this.#db.grid(`
      SELECT t.* FROM json_each(?) AS wanted JOIN ${identifier(table)} AS t ON t.${rowid} = wanted.value ORDER BY wanted.key`,
      [this.#selections.json(token, from, to)]);
  }

  /** All rows of a list, a few hundred at a time. */
  async *allRows(token: number): AsyncGenerator<Grid> {
    const { rowids } = this.#selections.get(token);
    for (let at = 0; at === 0 || at < rowids.length; at += 500) yield await this.rows(token, at, at + 500);
  }

  async #countUnkeyed(table: string): Promise<number> {
    return (await this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM ${identifier(table)} LIMIT ${UNKEYED_CAP})`))?.n ?? 0;
  }

  async #columns(table: string): Promise<TableInfo["columns"]> {
    try {
      return (await this.#db.all<{ name: string; type: string; pk: number }>("SELECT name, type, pk FROM pragma_table_xinfo(?)", [table]))
        .map(({ name, type, pk }) => ({ name, type, isKey: pk > 0 }));
    } catch {
      return []; // A view over what is no longer there.
    }
  }

  /** The name under which the rowid can be had: a column may have taken one of its names. */
  async #rowidOf(table: string): Promise<string | undefined> {
    const taken = new Set((await this.#columns(table)).map(({ name }) => name.toLowerCase()));
    const name = ["rowid", "_rowid_", "oid"].find((each) => !taken.has(each));
    if (name === undefined) return undefined;
    try {
      await this.#db.all(`SELECT ${name} FROM ${identifier(table)} LIMIT 0`);
    } catch {
      return undefined; // A table without rowids.
    }
    // A view has a rowid too, which is always NULL.
    const isView = await this.#db.get("SELECT 1 FROM sqlite_schema WHERE name = ? AND type = 'view'", [table]);
    return isView === undefined ? name : undefined;
  }
}
