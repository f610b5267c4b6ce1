import { monotonicMs } from "./clock.ts";
import { invalid, ProgressDbError } from "./errors.ts";
import { LoneConnection } from "./handle/lone-connection.ts";
import { timeoutOf } from "./handle/operation.ts";
import { onlyReads, statementText, withoutLeading } from "./handle/sql-text.ts";
import { makeFile } from "./handle/waiting.ts";
import type { LockAdapter } from "./lock/lock.ts";
import { memoryLock } from "./lock/memory.ts";
import { createdByWriting, readOnly } from "./persistence/guarded.ts";
import { memory } from "./persistence/memory.ts";
import { systemError, type Persistence } from "./persistence/persistence.ts";
import { Connection } from "./sqlite/connection.ts";
import { loadEngine } from "./sqlite/engine.ts";
import { Script } from "./sqlite/script.ts";
import type { SqlParameters, SqlValue } from "./sqlite/sql.ts";
import { systemFailure } from "./sqlite/sqlite-error.ts";
import { Volume } from "./sqlite/volume.ts";
import type { OpenOptions, WaitOptions } from "./types.ts";

export interface SqliteOptions extends Omit<OpenOptions, "clock" | "logger"> {
  /** Refuses to write (READ_ONLY) and leaves the file as it is to the byte. */
  readonly readOnly?: boolean | undefined;
  /** A missing file is made by the first statement that writes. Default: NOT_FOUND. */
  readonly create?: boolean | undefined;
}

/** With the adapters chosen: each platform's entry has its own defaults. */
export type SqliteConnectOptions = SqliteOptions & { persistence: Persistence; lock: LockAdapter };

export interface RunOptions extends WaitOptions {
  /** Bound to every statement: for scripts of one. */
  readonly parameters?: SqlParameters | undefined;
  /** Rows fetched at most, a statement. Default: all. */
  readonly limit?: number | undefined;
  /** All integers as `bigint`, so that 1 and 1.0 are told apart. Default: only those beyond 2^53. */
  readonly bigInts?: boolean | undefined;
  /** Is given each row as it comes, instead of `rows`. Synchronous; what it throws ends the statement. */
  readonly onRow?: ((row: SqlValue[], columns: readonly string[]) => void) | undefined;
  /** Is told when a wait for the lock begins, and when it is over. */
  readonly onWait?: ((isWaiting: boolean) => void) | undefined;
}

/** What became of one statement. */
export interface StatementResult {
  /** Its own text. */
  readonly sql: string;
  /** Names may repeat; none for a statement that has no result. */
  readonly columns: readonly string[];
  readonly rows: SqlValue[][];
  /** There were more rows than `limit`. */
  readonly isCut: boolean;
  /** Rows it inserted, updated or deleted itself. */
  readonly changes: number;
}

/** `:memory:` names a database that lives and dies with its handle. */
const IN_MEMORY = ":memory:";

/**
 * One connection to any SQLite database, with a ledger or without. SQL runs as it
 * stands: BEGIN, COMMIT and ROLLBACK are the caller's, and a transaction holds the
 * lock from one statement to the next. A statement that needs the lock waits for
 * it as a ledger's verbs do, in the same line.
 */
export class SqliteDb implements AsyncDisposable {
  /** The database's canonical path; empty for one in memory. */
  readonly path: string;
  /** How long a statement waits for the lock before BUSY; `PRAGMA busy_timeout` reads and sets it. */
  timeoutMs: number;
  readonly #connection: LoneConnection;
  readonly #signal: AbortSignal | undefined;
  #totalChanges = 0;
  #isClosed = false;

  private constructor(path: string, connection: LoneConnection, options: SqliteConnectOptions) {
    this.path = path;
    this.timeoutMs = timeoutOf(options);
    this.#connection = connection;
    this.#signal = options.signal;
  }

  /** @internal Looks whether the file is there; reads nothing of it. */
  static async open(dbPath: string, options: SqliteConnectOptions): Promise<SqliteDb> {
    if (typeof dbPath !== "string" || dbPath === "" || dbPath.includes("\0")) throw invalid("path", "must be a text, not empty, without NUL");
    const { lock, durability = "full", readOnly: isReadOnly = false, nativeClients } = options;
    const engine = await loadEngine(options.wasm);
    try {
      const { persistence, path, lock: adapter } = dbPath === IN_MEMORY ? inMemory() : { ...(await locate(dbPath, options)), lock };
      const files = { engine, persistence, path, lock: adapter.open(path), pragmas: "" };
      return new SqliteDb(dbPath === IN_MEMORY ? "" : path, new LoneConnection(files, { lock: adapter, durability, isReadOnly, isVouched: nativeClients === "none" }), options);
    } catch (error) {
      throw systemFailure(error, dbPath);
    }
  }

  /**
   * Runs a script statement by statement and yields each one's result; the next
   * begins when the next result is asked for. One script at a time.
   *
   * A statement that fails ends the script, and its error's `details` have SQLite's
   * own `resultCode` and `sqliteMessage`, the `phase` (`prepare` or `step`) and the
   * `sql` left. An open transaction stays open. Throws INVALID_INPUT for bad SQL,
   * BUSY, READ_ONLY, CORRUPT, NATIVE_CLIENTS, CLOSED, IO.
   */
  async *run(script: string, options: RunOptions = {}): AsyncGenerator<StatementResult, void> {
    const statements = new Script(this.#connection.files.engine, script);
    try {
      while (statements.at < statements.end) {
        const result = await this.#next(statements, options);
        if (result !== undefined) yield result;
      }
    } finally {
      statements.free();
    }
  }

  /** Rolls an open transaction back and lets go of the file. Later calls throw CLOSED. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #next(script: Script, options: RunOptions): Promise<StatementResult | undefined> {
    if (this.#isClosed) throw new ProgressDbError("CLOSED", `the handle on ${this.path} is closed`, { hint: "open the database again" });
    const sql = beginning(script);
    const { pragma } = statementText(sql);
    if (pragma?.name === "busy_timeout") return this.#busyTimeout(script, pragma.value, options);
    return this.#connection.run({
      deadline: monotonicMs() + timeoutOf({ timeoutMs: options.timeoutMs ?? this.timeoutMs }),
      signal: options.signal ?? this.#signal,
      onWait: options.onWait,
      onlyReads: () => onlyReads(sql),
      run: (connection) => {
        const result = execute(connection, script, options, pragma?.name === "database_list" ? (row) => this.#named(row) : undefined);
        return result && { ...result, changes: this.#changes(connection) };
      },
    });
  }

  /** SQLite's own wait would keep the CPU busy, and us from all else: what it is told is told to us. */
  #busyTimeout(script: Script, value: string | undefined, options: RunOptions): StatementResult | undefined {
    if (value !== undefined) this.timeoutMs = Math.max(0, Math.trunc(Number(value)) || 0);
    const { persistence, path } = inMemory();
    const scratch = new Connection(this.#connection.files.engine, new Volume(persistence, path, undefined));
    try {
      scratch.exec(`PRAGMA busy_timeout = ${Math.min(this.timeoutMs, MAX_INT32)}`);
      const result = execute(scratch, script, options);
      return result && { ...result, changes: 0 };
    } finally {
      scratch.close();
    }
  }

  /** SQLite knows the file by the name that our VFS gave it. */
  #named([seq = null, name = null, file = null]: SqlValue[]): SqlValue[] {
    return [seq, name, name === "main" ? this.path : file];
  }

  /** SQLite's count of the last statement's changes stays until the next one that changes something. */
  #changes(connection: Connection): number {
    const total = connection.get<{ total: number }>("SELECT total_changes() AS total")?.total ?? 0;
    const hasChanged = total !== this.#totalChanges;
    this.#totalChanges = total;
    return hasChanged ? connection.changes() : 0;
  }
}

const MAX_INT32 = 2 ** 31 - 1;

function execute(
  connection: Connection, script: Script, options: RunOptions, change: (row: SqlValue[]) => SqlValue[] = (row) => row,
): Omit<StatementResult, "changes"> | undefined {
  const { parameters = [], limit = Infinity, bigInts = false, onRow } = options;
  return connection.next(script, (statement, sql) => {
    const rows: SqlValue[][] = [];
    const isWhole = statement.arrays(parameters, { limit, bigInts }, (row) => {
      if (onRow === undefined) rows.push(change(row));
      else onRow(change(row), statement.columns());
    });
    return { sql, columns: statement.columns(), rows, isCut: !isWhole };
  });
}

/** As much of the script as tells what its next statement is; a script may be long, and have many. */
function beginning(script: Script): string {
  for (let bytes = 1 << 10; ; bytes *= 8) {
    const end = Math.min(script.at + bytes, script.end);
    const text = script.text(end);
    if (end === script.end || withoutLeading(text).length > LONGEST_TELLING) return text;
  }
}

/** A pragma's name and value are no longer, characters. */
const LONGEST_TELLING = 200;

/** Where the database is, or will be. Throws what the store does, ENOENT too. */
async function locate(dbPath: string, options: SqliteConnectOptions): Promise<{ persistence: Persistence; path: string }> {
  const { persistence, readOnly: isReadOnly = false, create = false } = options;
  const path = persistence.resolve(dbPath);
  if (persistence.prepare !== undefined) {
    // Whether it is there can be seen only when it is its turn.
    if (create) await makeFile(persistence, path, options);
    return { path, persistence: isReadOnly ? readOnly(persistence) : persistence };
  }
  const mayCreate = create && !isReadOnly;
  if (!mayCreate && persistence.stat(path) === undefined) throw systemError("ENOENT", path);
  return { path, persistence: isReadOnly ? readOnly(persistence) : mayCreate ? createdByWriting(persistence, path) : persistence };
}

function inMemory(): { persistence: Persistence; path: string; lock: LockAdapter } {
  const [persistence, path] = [memory(), "/memory"];
  persistence.open(path, { create: true }).close();
  return { persistence, path, lock: memoryLock() };
}
