/** The part of sql.js that we use, as our own type: SQLite's C interface. */

/** The exact release this library is built and tested with. */
export const SQL_JS_VERSION = "1.16.0";

/** An address in the module's linear memory. */
export type Pointer = number;

export interface SqlJsConfig {
  useOldExtensionFunctions: boolean;
  noFSInit: boolean;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}

export type InitSqlJs = (config: SqlJsConfig) => Promise<SqlJsModule>;

export interface SqlJsModule {
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  _sqlite3_open(filename: Pointer, db: Pointer): number;
  _sqlite3_close_v2(db: Pointer): number;
  _sqlite3_prepare_v2(db: Pointer, sql: Pointer, bytes: number, statement: Pointer, tail: Pointer): number;
  _sqlite3_step(statement: Pointer): number;
  _sqlite3_reset(statement: Pointer): number;
  _sqlite3_clear_bindings(statement: Pointer): number;
  _sqlite3_finalize(statement: Pointer): number;
  _sqlite3_errmsg(db: Pointer): Pointer;
  _sqlite3_changes(db: Pointer): number;
  _sqlite3_bind_text(statement: Pointer, index: number, text: Pointer, bytes: number, destructor: number): number;
  _sqlite3_bind_blob(statement: Pointer, index: number, blob: Pointer, bytes: number, destructor: number): number;
  _sqlite3_bind_double(statement: Pointer, index: number, value: number): number;
  _sqlite3_bind_int(statement: Pointer, index: number, value: number): number;
  _sqlite3_bind_parameter_index(statement: Pointer, name: Pointer): number;
  _sqlite3_column_count(statement: Pointer): number;
  _sqlite3_column_name(statement: Pointer, column: number): Pointer;
  _sqlite3_column_type(statement: Pointer, column: number): number;
  _sqlite3_column_double(statement: Pointer, column: number): number;
  _sqlite3_column_text(statement: Pointer, column: number): Pointer;
  _sqlite3_column_blob(statement: Pointer, column: number): Pointer;
  _sqlite3_column_bytes(statement: Pointer, column: number): number;
}
