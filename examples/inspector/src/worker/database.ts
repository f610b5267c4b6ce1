import type { SqliteDb } from "hive-progress-db/browser";
import type { Grid, Value } from "../shared/protocol.ts";

export type Rowids = Float64Array | BigInt64Array;

/** The open database, as the rest of the worker sees it. Nothing reaches the file: changes, such as recovering a `-wal`, stay in an overlay. */
export class Database {
  readonly #db: SqliteDb;

  constructor(db: SqliteDb) {
    this.#db = db;
  }

  /** Rows by column name. */
  async all<Row>(sql: string, parameters: readonly Value[] = []): Promise<Row[]> {
    const rows: Row[] = [];
    await this.each(sql, parameters, (values, columns) => rows.push(Object.fromEntries(columns.map((name, index) => [name, values[index]])) as Row));
    return rows;
  }

  async get<Row>(sql: string, parameters: readonly Value[] = []): Promise<Row | undefined> {
    return (await this.all<Row>(sql, parameters))[0];
  }

  /** The first column of every row: rowids. As numbers, unless one is beyond 2^53. */
  async rowids(sql: string, parameters: readonly Value[] = []): Promise<Rowids> {
    let numbers = new Float64Array(1024);
    let exact: bigint[] | undefined;
    let count = 0;
    await this.each(sql, parameters, ([value]) => {
      if (typeof value === "bigint") exact ??= [...numbers.subarray(0, count)].map(BigInt);
      if (exact !== undefined) return void exact.push(BigInt(value as number | bigint));
      if (count === numbers.length) {
        const grown = new Float64Array(count * 2);
        grown.set(numbers);
        numbers = grown;
      }
      numbers[count++] = Number(value);
    });
    return exact === undefined ? numbers.slice(0, count) : BigInt64Array.from(exact);
  }

  /** Rows as arrays, at most `limit`: names of columns may repeat. */
  async grid(sql: string, parameters: readonly Value[] = [], limit: number = Infinity): Promise<Grid & { isCut: boolean }> {
    let grid: Grid & { isCut: boolean } = { columns: [], rows: [], isCut: false };
    for await (const { columns, rows, isCut } of this.#db.run(sql, { parameters, limit })) grid = { columns: [...columns], rows, isCut };
    return grid;
  }

  async each(sql: string, parameters: readonly Value[], onRow: (values: Value[], columns: readonly string[]) => void): Promise<void> {
    for await (const _ of this.#db.run(sql, { parameters, onRow })) void _;
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}

/** A name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll("\"", "\"\"")}"`;
}
