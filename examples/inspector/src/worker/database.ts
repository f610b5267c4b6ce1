import { memory } from "../../../../src/persistence/memory.ts";
import { overlay } from "../../../../src/persistence/overlay.ts";
import { Connection } from "../../../../src/sqlite/connection.ts";
import { loadEngine } from "../../../../src/sqlite/engine.ts";
import { Volume } from "../../../../src/sqlite/volume.ts";
import type { Grid, Source, Value } from "../shared/protocol.ts";

/** The open database, as the rest of the worker sees it. Nothing reaches the file: reads go through an overlay. */
export class Database {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  all<Row>(sql: string, parameters: readonly Value[] = []): Row[] {
    return this.#connection.all<Row>(sql, parameters as Value[]);
  }

  get<Row>(sql: string, parameters: readonly Value[] = []): Row | undefined {
    return this.#connection.get<Row>(sql, parameters as Value[]);
  }

  /** The first column of every row, as numbers. */
  numbers(sql: string, parameters: readonly Value[]): Float64Array {
    const rows = this.all<Record<string, number>>(sql, parameters);
    const numbers = new Float64Array(rows.length);
    const [name = ""] = Object.keys(rows[0] ?? {});
    for (let i = 0; i < rows.length; i++) numbers[i] = rows[i]![name]!;
    return numbers;
  }

  /** Rows as arrays, with their columns' names; at most `limit`. */
  grid(sql: string, parameters: readonly Value[], limit: number): Grid {
    const rows = this.#connection.exec(sql, parameters as Value[]).slice(0, limit);
    return { columns: Object.keys(rows[0] ?? {}), rows: rows.map((row) => Object.values(row)) };
  }

  close(): void {
    this.#connection.close();
  }
}

export async function openDatabase(source: Source): Promise<Database> {
  if (source.from !== "files") throw new Error("not yet");
  const engine = await loadEngine();
  const below = memory();
  const { db, wal, journal } = source.files;
  below.put("/db", new Uint8Array(await db.arrayBuffer()));
  if (wal !== undefined) below.put("/db-wal", new Uint8Array(await wal.arrayBuffer()));
  if (journal !== undefined) below.put("/db-journal", new Uint8Array(await journal.arrayBuffer()));
  const connection = new Connection(engine, new Volume(overlay(below), "/db", undefined));
  connection.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA query_only = ON");
  return new Database(connection);
}

/** A name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll("\"", "\"\"")}"`;
}
