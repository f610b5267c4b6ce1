import { monotonicMs } from "./clock.ts";
import { invalid, ProgressDbError } from "./errors.ts";
import { connect, connectInWal, connectOverWal, convertWal, isWalMode, refuseNativeClients, type Files } from "./handle/connect.ts";
import { DEFAULT_TIMEOUT_MS } from "./handle/operation.ts";
import { onlyReads, statementText } from "./handle/sql-text.ts";
import { busy, waitForTurn } from "./handle/waiting.ts";
import { NONE, SHARED, type LockAdapter } from "./lock/lock.ts";
import { memoryLock } from "./lock/memory.ts";
import { createdByWriting, readOnly } from "./persistence/guarded.ts";
import { memory } from "./persistence/memory.ts";
import { systemError, type Persistence } from "./persistence/persistence.ts";
import type { Connection } from "./sqlite/connection.ts";
import { loadEngine } from "./sqlite/engine.ts";
import { BUSY, CANTOPEN, READONLY } from "./sqlite/result-codes.ts";
import { Script } from "./sqlite/script.ts";
import type { SqlParameters, SqlValue } from "./sqlite/sql.ts";
import { hasResultCode, systemFailure } from "./sqlite/sqlite-error.ts";
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
  /** The database's canonical path. */
  readonly path: string;
  /** How long a statement waits for the lock before BUSY; `PRAGMA busy_timeout` reads and sets it. */
  timeoutMs: number;
  readonly #files: Files;
  readonly #options: SqliteConnectOptions;
  #connection: Connection | undefined;
  /** Ends a connection that must not outlive its transaction. */
  #endConnection: (() => void) | undefined;
  #totalChanges = 0;
  #isClosed = false;

  private constructor(files: Files, options: SqliteConnectOptions) {
    this.path = files.path;
    this.timeoutMs = timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#files = files;
    this.#options = options;
  }

  /** @internal Looks whether the file is there; reads nothing of it. */
  static async open(dbPath: string, options: SqliteConnectOptions): Promise<SqliteDb> {
    if (typeof dbPath !== "string" || dbPath === "" || dbPath.includes("\0")) throw invalid("path", "must be a text, not empty, without NUL");
    const engine = await loadEngine(options.wasm);
    if (dbPath === IN_MEMORY) {
      return new SqliteDb({ engine, persistence: memoryWith("/memory"), path: "/memory", lock: memoryLock().open("/memory"), pragmas: "" }, options);
    }
    try {
      const path = options.persistence.resolve(dbPath);
      const mayCreate = options.create === true && options.readOnly !== true;
      if (!mayCreate && options.persistence.stat(path) === undefined) throw systemError("ENOENT", path);
      const persistence = options.readOnly === true ? readOnly(options.persistence)
        : mayCreate ? createdByWriting(options.persistence, path) : options.persistence;
      return new SqliteDb({ engine, persistence, path, lock: options.lock.open(path), pragmas: "" }, options);
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
    const { engine } = this.#files;
    const statements = new Script(engine, script);
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
    this.#disconnect();
    this.#files.lock.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Runs the next statement, as soon as the lock is to be had. */
  async #next(script: Script, options: RunOptions): Promise<StatementResult | undefined> {
    const { lock } = this.#files;
    const signal = options.signal ?? this.#options.signal;
    const deadline = monotonicMs() + timeout(options.timeoutMs ?? this.timeoutMs);
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (this.#isClosed) throw new ProgressDbError("CLOSED", `the handle on ${this.path} is closed`, { hint: "open the database again" });
        const result = this.#attempt(script, options);
        if (result !== "busy") return result;
        options.onWait?.(true);
        if (monotonicMs() < deadline) await this.#waitForTurn(deadline, signal);
        options.onWait?.(false);
        if (monotonicMs() >= deadline) throw busy(this.#files);
      }
    } finally {
      lock.leave();
    }
  }

  #attempt(script: Script, options: RunOptions): StatementResult | undefined | "busy" {
    const { lock } = this.#files;
    if (lock.level === NONE && !this.#mayBarge()) return "busy";
    try {
      return this.#runOnce(script, options);
    } catch (error) {
      if (hasResultCode(error, BUSY)) {
        // Two that hold SHARED and both want more would wait for each other for ever.
        if (lock.level !== SHARED) return "busy";
        throw error;
      }
      const isLockLost = error instanceof ProgressDbError && error.details["lockLost"] === true;
      if (isLockLost) this.#disconnect();
      throw error;
    }
  }

  #runOnce(script: Script, options: RunOptions): StatementResult | undefined {
    try {
      return this.#execute(this.#connection ?? this.#connect(script), script, options);
    } catch (error) {
      if (this.#files.lock.level > NONE || !this.#isUnreadable(error)) throw error;
    }
    this.#disconnect();
    return this.#execute(this.#connectElsewise(script), script, options);
  }

  #connect(script: Script): Connection {
    if (isWalMode(this.#files)) return this.#connectElsewise(script);
    return (this.#connection = connect(this.#files, this.#options.durability ?? "full"));
  }

  /** To a file that cannot be read as it is: it is converted for what may write, and only looked at otherwise. */
  #connectElsewise(script: Script): Connection {
    refuseNativeClients(this.#files, this.#options.lock, this.#options.nativeClients === "none");
    const { durability = "full", lock } = this.#options;
    const isForReading = this.#options.readOnly === true || onlyReads(script.text(script.end));
    if (!isForReading && !lock.excludes.unix) {
      convertWal(this.#files);
      return (this.#connection = connect(this.#files, durability));
    }
    const session = isForReading ? connectOverWal(this.#files) : connectInWal(this.#files, durability);
    this.#endConnection = session.close;
    return (this.#connection = session.connection);
  }

  /** A file in WAL mode; or one with a transaction to be rolled back, which may not be written. */
  #isUnreadable(error: unknown): boolean {
    const { persistence, path } = this.#files;
    if (hasResultCode(error, CANTOPEN)) return isWalMode(this.#files);
    return this.#options.readOnly === true && hasResultCode(error, READONLY) && (persistence.stat(`${path}-journal`)?.size ?? 0) > 0;
  }

  #execute(connection: Connection, script: Script, options: RunOptions): StatementResult | undefined {
    const { parameters = [], limit = Infinity, bigInts = false, onRow } = options;
    try {
      const result = connection.next(script, (statement, sql) => {
        const rows: SqlValue[][] = [];
        const { pragma } = statementText(sql);
        const isTimeout = pragma?.name === "busy_timeout";
        if (isTimeout && pragma.value !== undefined) this.timeoutMs = Math.max(0, Math.trunc(Number(pragma.value)) || 0);
        const isWhole = statement.arrays(parameters, { limit, bigInts }, (row) => {
          const shown = isTimeout ? [bigInts ? BigInt(this.timeoutMs) : this.timeoutMs] : row;
          if (onRow === undefined) rows.push(shown);
          else onRow(shown, statement.columns());
        });
        // SQLite's own wait would keep the CPU busy, and us from all else.
        if (isTimeout) connection.exec("PRAGMA busy_timeout = 0");
        return { sql, columns: statement.columns(), rows, isCut: !isWhole };
      });
      if (this.#files.lock.level > NONE) connection.assertHeld(); // What was read without it may be torn.
      return result && { ...result, changes: this.#changes(connection) };
    } finally {
      if (this.#endConnection !== undefined && !connection.isInTransaction()) this.#disconnect();
    }
  }

  /** SQLite's count of the last statement's changes stays until the next one that changes something. */
  #changes(connection: Connection): number {
    const total = connection.get<{ total: number }>("SELECT total_changes() AS total")?.total ?? 0;
    const hasChanged = total !== this.#totalChanges;
    this.#totalChanges = total;
    return hasChanged ? connection.changes() : 0;
  }

  #disconnect(): void {
    if (this.#endConnection !== undefined) this.#endConnection();
    else this.#connection?.close();
    this.#connection = this.#endConnection = undefined;
    this.#totalChanges = 0;
  }

  #mayBarge(): boolean {
    try {
      return this.#files.lock.mayBarge();
    } catch (error) {
      throw systemFailure(error, this.path); // The lock's own files are out of reach.
    }
  }

  async #waitForTurn(deadline: number, signal: AbortSignal | undefined): Promise<void> {
    // There is time now, and there are others who will wait for us next.
    const { warmUp } = await import("./handle/warm-up.ts");
    warmUp(this.#files.engine);
    const wake = new AbortController();
    const onAbort = (): void => wake.abort();
    signal?.addEventListener("abort", onAbort);
    try {
      await waitForTurn(this.#files.lock, deadline, wake);
    } catch (error) {
      throw systemFailure(error, this.path);
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

function memoryWith(path: string): Persistence {
  const persistence = memory();
  persistence.open(path, { create: true }).close();
  return persistence;
}

function timeout(timeoutMs: number): number {
  if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs) || timeoutMs < 0) {
    throw invalid("timeoutMs", `must be a number of milliseconds, 0 or more, not ${String(timeoutMs)}`);
  }
  return timeoutMs;
}
