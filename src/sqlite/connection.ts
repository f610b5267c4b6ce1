import { isProgressDbError, ProgressDbError } from "../errors.ts";
import type { Engine } from "./engine.ts";
import * as rc from "./result-codes.ts";
import type { Script } from "./script.ts";
import type { Sql, SqlParameters, SqlRow } from "./sql.ts";
import type { Pointer } from "./sql-js.ts";
import { badSql, outcomeUnknown, sqliteError } from "./sqlite-error.ts";
import { Statement, withText } from "./statement.ts";
import type { Volume } from "./volume.ts";

/** Statements kept prepared; the ledger has fewer than these. */
const CACHED_STATEMENTS = 100;

/** One SQLite connection on one volume, with its statements kept prepared. */
export class Connection implements Sql {
  readonly #engine: Engine;
  readonly #volume: Volume;
  readonly #mount: string;
  readonly #statements = new Map<string, Statement>();
  #db: Pointer;

  constructor(engine: Engine, volume: Volume) {
    this.#engine = engine;
    this.#volume = volume;
    this.#mount = engine.vfs.mount(volume);
    const { api, heap } = engine;
    volume.takeFailure();
    const out = api._malloc(4);
    const code = withText(engine, this.#mount, (name) => api._sqlite3_open(name, out));
    this.#db = heap.u32(out);
    api._free(out);
    try {
      this.#check(code);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  all<Row = SqlRow>(sql: string, parameters: SqlParameters = []): Row[] {
    return this.#cached(sql).rows(parameters, Infinity) as Row[];
  }

  get<Row = SqlRow>(sql: string, parameters: SqlParameters = []): Row | undefined {
    return this.#cached(sql).rows(parameters, 1)[0] as Row | undefined;
  }

  run(sql: string, parameters: SqlParameters = []): number {
    this.#cached(sql).rows(parameters, Infinity);
    return this.changes();
  }

  /** Rows changed by the last INSERT, UPDATE or DELETE. */
  changes(): number {
    return this.#engine.api._sqlite3_changes(this.#db);
  }

  /**
   * Runs each statement of a script in turn and returns the last one's rows;
   * nothing is kept prepared. With `single`, refuses more than one statement.
   */
  exec(script: string, parameters: SqlParameters = [], options: { readonly single?: boolean } = {}): SqlRow[] {
    refuseNul(script);
    let rows: SqlRow[] = [];
    let count = 0;
    withText(this.#engine, script, (start, bytes) => {
      for (let at = start; at < start + bytes; ) {
        const { statement, tail } = this.#prepare(at, start + bytes - at);
        at = tail;
        if (statement === undefined) continue;
        try {
          count++;
          if (count > 1 && options.single === true) {
            throw badSql("one statement a call: there is more SQL after the first");
          }
          rows = statement.rows(parameters, Infinity);
        } finally {
          statement.finalize();
        }
      }
    });
    if (count === 0) throw badSql("the SQL is empty");
    return rows;
  }

  /**
   * Prepares a script's next statement, hands it to `use`, and moves on to the one
   * after it when that returns. `undefined` at the end. An error's `details` say in
   * which `phase` it came, and what SQL was left.
   */
  next<T>(script: Script, use: (statement: Statement, sql: string) => T): T | undefined {
    while (script.at < script.end) {
      let phase = "prepare";
      let statement: Statement | undefined;
      try {
        const prepared = this.#prepare(script.at, script.end + 1 - script.at);
        statement = prepared.statement;
        phase = "step";
        const result = statement && { value: use(statement, script.text(prepared.tail)) };
        script.at = prepared.tail;
        if (result !== undefined) return result.value;
      } catch (error) {
        if (!isProgressDbError(error)) throw error;
        const { code, message, hint, cause, details } = error;
        throw new ProgressDbError(code, message, { hint, cause, details: { ...details, phase, sql: script.text(script.end) } });
      } finally {
        statement?.finalize();
      }
    }
    return undefined;
  }

  /** False once SQLite has rolled the transaction back by itself (disk full, `OR ROLLBACK`). */
  isInTransaction(): boolean {
    try {
      this.run("BEGIN");
    } catch {
      return true;
    }
    this.run("ROLLBACK");
    return false;
  }

  /**
   * Commits. A commit that fails at its very end, in the last sync, may have happened
   * all the same: the change counter in the file tells, and the error says so.
   */
  commit(): void {
    const before = this.#volume.commitMark();
    try {
      this.run("COMMIT");
    } catch (error) {
      const isLockLost = isProgressDbError(error) && error.details["lockLost"] === true; // Asked before the last change.
      if (isLockLost || (before !== undefined && before === this.#commitMarkNow())) throw error;
      throw outcomeUnknown(error, this.#volume.path);
    }
  }

  /** Throws unless the lock is still ours: what was read since it was lost may be torn. */
  assertHeld(): void {
    this.#volume.assertHeld();
  }

  /** True when the database could be opened for reading only. */
  get isReadOnly(): boolean {
    return this.#volume.isReadOnly;
  }

  close(): void {
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
    if (this.#db !== 0) this.#engine.api._sqlite3_close_v2(this.#db);
    this.#db = 0;
    this.#engine.vfs.unmount(this.#mount);
  }

  #commitMarkNow(): string | undefined {
    try {
      return this.#volume.commitMark();
    } catch {
      return undefined; // The disk fails altogether.
    }
  }

  #cached(sql: string): Statement {
    this.#volume.takeFailure(); // One that SQLite chose to ignore must not explain a later one.
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      refuseNul(sql);
      statement = withText(this.#engine, sql, (start, bytes) => this.#prepare(start, bytes).statement);
      if (statement === undefined) throw badSql("the SQL is empty");
      if (this.#statements.size >= CACHED_STATEMENTS) {
        const [oldest] = this.#statements;
        oldest?.[1].finalize();
        this.#statements.delete(oldest?.[0] ?? "");
      }
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #prepare(at: Pointer, bytes: number): { statement: Statement | undefined; tail: Pointer } {
    if (this.#db === 0) throw new ProgressDbError("CLOSED", "the connection is closed");
    const { api, heap } = this.#engine;
    this.#volume.takeFailure();
    const out = api._malloc(8);
    try {
      this.#check(api._sqlite3_prepare_v2(this.#db, at, bytes, out, out + 4));
      const pointer = heap.u32(out);
      const statement = pointer === 0 ? undefined : new Statement(this.#engine, pointer, (code) => this.#check(code));
      return { statement, tail: heap.u32(out + 4) };
    } finally {
      api._free(out);
    }
  }

  #check(code: number): void {
    if (code === rc.OK) return;
    const failure = this.#volume.takeFailure();
    if (isProgressDbError(failure)) throw failure;
    const { api, heap } = this.#engine;
    const message = this.#db === 0 ? "out of memory" : heap.cText(api._sqlite3_errmsg(this.#db));
    throw sqliteError(code, message, this.#volume.path, failure);
  }
}

/** SQLite would stop reading there, and never reach the end. */
function refuseNul(sql: string): void {
  if (sql.includes("\0")) throw badSql("the SQL contains NUL");
}
