import type { Engine } from "./engine.ts";
import * as rc from "./result-codes.ts";
import type { SqlParameters, SqlRow, SqlValue } from "./sql.ts";
import type { Pointer } from "./sql-js.ts";
import { badSql } from "./sqlite-error.ts";

/** Ask SQLite to copy a bound value before the call returns. */
const TRANSIENT = -1;
/** Room for bound text, bytes; a longer text gets memory of its own. */
const SCRATCH_BYTES = 1 << 16;
const MAX_INT32 = 0x7fffffff;

/** A piece of wasm memory per engine, lent to one text at a time. */
const scratches = new WeakMap<Engine, { at: Pointer; lent: boolean }>();

export interface ArrayOptions {
  readonly limit: number;
  /** All integers as `bigint`: 1 and 1.0 are then told apart. */
  readonly bigInts: boolean;
}

/** A prepared statement. `check` turns a result code into an exception. */
export class Statement {
  readonly #engine: Engine;
  readonly #pointer: Pointer;
  readonly #check: (code: number) => void;
  #columns: string[] | undefined;

  constructor(engine: Engine, pointer: Pointer, check: (code: number) => void) {
    this.#engine = engine;
    this.#pointer = pointer;
    this.#check = check;
  }

  /** Runs to the end, or to `limit` rows. */
  rows(parameters: SqlParameters, limit: number): SqlRow[] {
    const rows: SqlRow[] = [];
    this.#step(parameters, limit, () => rows.push(this.#row()));
    return rows;
  }

  /** The same with rows as arrays, which keep columns of one name apart. Returns false when there are more than `limit`. */
  arrays(parameters: SqlParameters, { limit, bigInts }: ArrayOptions, onRow: (row: SqlValue[]) => void): boolean {
    let count = 0;
    this.#step(parameters, limit + 1, () => {
      if (count++ < limit) onRow(this.columns().map((_, column) => this.#value(column, bigInts)));
    });
    return count <= limit;
  }

  #step(parameters: SqlParameters, limit: number, onRow: () => void): void {
    const { api } = this.#engine;
    this.#bind(parameters);
    try {
      for (let count = 0; count < limit; count++) {
        const code = api._sqlite3_step(this.#pointer);
        if (code === rc.DONE) return;
        if (code !== rc.ROW) return this.#check(code);
        onRow();
      }
    } finally {
      api._sqlite3_reset(this.#pointer);
      api._sqlite3_clear_bindings(this.#pointer);
    }
  }

  finalize(): void {
    this.#engine.api._sqlite3_finalize(this.#pointer);
  }

  #row(): SqlRow {
    const columns = this.columns();
    const row: SqlRow = {};
    for (const [index, name] of columns.entries()) row[name] = this.#value(index);
    return row;
  }

  /** The names, none for a statement without a result. Read once: SQLite prepares anew after a schema change, and then the count tells. */
  columns(): string[] {
    const { api, heap } = this.#engine;
    const count = api._sqlite3_column_count(this.#pointer);
    if (this.#columns?.length !== count) {
      this.#columns = Array.from({ length: count }, (_, column) =>
        heap.cText(api._sqlite3_column_name(this.#pointer, column)));
    }
    return this.#columns;
  }

  #value(column: number, bigInts = false): SqlValue {
    const { api, heap } = this.#engine;
    switch (api._sqlite3_column_type(this.#pointer, column)) {
      case rc.INTEGER: {
        const value = api._sqlite3_column_double(this.#pointer, column);
        if (!Number.isSafeInteger(value)) return BigInt(this.#text(column));
        return bigInts ? BigInt(value) : value;
      }
      case rc.FLOAT:
        return api._sqlite3_column_double(this.#pointer, column);
      case rc.TEXT:
        return this.#text(column);
      case rc.BLOB: {
        const at = api._sqlite3_column_blob(this.#pointer, column);
        return heap.bytes(at, api._sqlite3_column_bytes(this.#pointer, column)).slice();
      }
      default:
        return null;
    }
  }

  #text(column: number): string {
    const { api, heap } = this.#engine;
    const at = api._sqlite3_column_text(this.#pointer, column);
    return heap.text(at, api._sqlite3_column_bytes(this.#pointer, column));
  }

  #bind(parameters: SqlParameters): void {
    if (Array.isArray(parameters)) {
      for (const [index, value] of parameters.entries()) this.#bindValue(index + 1, value, `parameter ${index + 1}`);
      return;
    }
    for (const [name, value] of Object.entries(parameters)) this.#bindValue(this.#indexOf(name), value, name);
  }

  #indexOf(name: string): number {
    return withText(this.#engine, name, (pointer) => {
      const index = this.#engine.api._sqlite3_bind_parameter_index(this.#pointer, pointer);
      if (index === 0) throw badSql(`the statement has no parameter ${name}`);
      return index;
    });
  }

  #bindValue(index: number, value: SqlValue | boolean | undefined, place: string): void {
    const { api, heap } = this.#engine;
    switch (typeof value) {
      case "number":
        if (Number.isNaN(value)) throw badSql(`${place} is NaN, which SQLite would store as NULL`);
        // SQLite turns a whole double into an integer where the column's affinity says so.
        if (Number.isInteger(value) && Math.abs(value) <= MAX_INT32 && !Object.is(value, -0)) {
          return this.#check(api._sqlite3_bind_int(this.#pointer, index, value));
        }
        return this.#check(api._sqlite3_bind_double(this.#pointer, index, value));
      case "boolean":
        return this.#check(api._sqlite3_bind_int(this.#pointer, index, value ? 1 : 0));
      case "bigint":
        // sql.js does not export sqlite3_bind_int64; affinity turns the decimal text into an integer.
        return this.#bindText(index, value.toString());
      case "string":
        if (!value.isWellFormed()) {
          throw badSql(`${place} contains a lone surrogate, which UTF-8 cannot hold`);
        }
        return this.#bindText(index, value);
      case "object":
        if (value === null) return; // Unbound parameters are NULL.
        if (value instanceof Uint8Array) {
          const at = api._malloc(Math.max(1, value.length));
          try {
            heap.bytes(at, value.length).set(value);
            return this.#check(api._sqlite3_bind_blob(this.#pointer, index, at, value.length, TRANSIENT));
          } finally {
            api._free(at);
          }
        }
    }
    throw badSql(`${place} is ${typeof value}, which SQL cannot hold`);
  }

  #bindText(index: number, text: string): void {
    withText(this.#engine, text, (pointer, bytes) =>
      this.#check(this.#engine.api._sqlite3_bind_text(this.#pointer, index, pointer, bytes, TRANSIENT)));
  }
}

/** Lends SQLite a text, NUL at its end, for the time of one call. */
export function withText<T>(engine: Engine, text: string, use: (pointer: Pointer, bytes: number) => T): T {
  const { api, heap } = engine;
  let scratch = scratches.get(engine);
  if (scratch === undefined) {
    scratch = { at: api._malloc(SCRATCH_BYTES), lent: false };
    scratches.set(engine, scratch);
  }
  if (!scratch.lent) {
    const written = heap.setText(scratch.at, SCRATCH_BYTES, text);
    if (written >= 0) {
      scratch.lent = true;
      try {
        return use(scratch.at, written);
      } finally {
        scratch.lent = false;
      }
    }
  }
  const room = text.length * 3 + 1; // No UTF-16 unit needs more than three bytes of UTF-8.
  const own = api._malloc(room);
  if (own === 0) throw badSql(`a text of ${text.length} characters does not fit in memory`);
  try {
    return use(own, heap.setText(own, room, text));
  } finally {
    api._free(own);
  }
}
