import { monotonicMs } from "../clock.ts";
import type { ProgressDbError } from "../errors.ts";
import { SCHEMA_VERSION } from "../ledger/schema-version.ts";
import type { Lock, LockAdapter } from "../lock/lock.ts";
import type { Persistence } from "../persistence/persistence.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Engine } from "../sqlite/engine.ts";
import { BUSY, CANTOPEN } from "../sqlite/result-codes.ts";
import { hasResultCode, systemFailure } from "../sqlite/sqlite-error.ts";
import type { Durability, WaitOptions } from "../types.ts";
import { begin, rollBack, run, schemaVersion } from "./batch.ts";
import { connect, connectInWal, connectOverWal, convertWal, isWalMode, LEDGER_PRAGMAS, refuseNativeClients, type Files } from "./connect.ts";
import { nextTask } from "./next-task.ts";
import { Operation, type Work } from "./operation.ts";
import { busy, prepare, waitForTurn } from "./waiting.ts";
import { warmUp } from "./warm-up.ts";

/** Operations served by one transaction at most: who comes behind them should not wait long. */
const LARGEST_BATCH = 256;

export interface DatabaseOptions {
  readonly persistence: Persistence;
  readonly lock: LockAdapter;
  readonly durability: Durability;
  /** The caller vouches that no native client has the database open. */
  readonly isVouched: boolean;
}

/**
 * One database in this process, shared by all handles that open it alike: a fair
 * queue in front of one connection and one lock. What waits together is served
 * by one hold of the lock and one transaction (group commit), and acknowledged
 * only after COMMIT.
 */
export class Database {
  readonly files: Files;
  readonly #adapter: LockAdapter;
  readonly #options: DatabaseOptions;
  readonly #queue: Operation[] = [];
  #connection: Connection | undefined;
  #pumping: Promise<void> | undefined;
  /** Ends the wait for the lock that is under way. */
  #wake = new AbortController();

  constructor(engine: Engine, path: string, options: DatabaseOptions) {
    this.#options = options;
    this.#adapter = options.lock;
    this.files = { engine, persistence: options.persistence, path, lock: options.lock.open(path), pragmas: LEDGER_PRAGMAS };
  }

  get #lock(): Lock {
    return this.files.lock;
  }

  /** The work's result, once it is committed. Rejects with BUSY after `timeoutMs`, or with the signal's reason. */
  submit<T>(work: Work<T>, wait: WaitOptions): Promise<T> {
    const operation = new Operation(work, wait, () => {
      const index = this.#queue.indexOf(operation);
      if (index >= 0) this.#queue.splice(index, 1);
      this.#wake.abort();
    });
    if (wait.signal?.aborted !== true) this.#queue.push(operation);
    this.#pumping ??= this.#pump();
    return operation.settled as Promise<T>;
  }

  /** Finishes what was submitted, closes the connection and lets go of the lock. */
  async close(): Promise<void> {
    await this.#pumping;
    this.#disconnect();
    await this.files.persistence.release?.(this.files.path);
    this.#lock.close();
  }

  async #pump(): Promise<void> {
    for (await nextTask(); this.#queue.length > 0; await nextTask()) {
      try {
        await this.#serveNext();
      } catch (error) {
        // The lock's own files are out of reach: nobody in the queue can be served.
        const failure = systemFailure(error, this.files.path);
        for (const operation of this.#queue.splice(0)) operation.reject(failure);
      }
    }
    this.#lock.leave(); // The last of them may have been aborted, or have run out of time.
    this.#pumping = undefined;
  }

  async #serveNext(): Promise<void> {
    const isReady = this.#lock.mayBarge() && (this.files.persistence.prepare === undefined || (await this.#prepare()));
    const batch = isReady ? this.#nextBatch() : [];
    if (isReady && batch.length === 0) return; // All gave up meanwhile.
    let isServed = false;
    try {
      const outcome = isReady ? this.#serve(batch) : "busy";
      isServed = outcome !== "busy";
      if (outcome === "committed") await this.#acknowledge(batch);
    } finally {
      if (!isServed) this.#queue.unshift(...batch);
    }
    if (!isServed) {
      warmUp(this.files.engine); // There is time now, and there are others who will wait for us next.
      this.#rejectExpired();
      if (this.#queue.length > 0) await this.#waitForTurn();
      this.#rejectExpired();
    }
    if (isServed) this.#lock.leave();
  }

  #nextBatch(): Operation[] {
    const firstAlone = this.#queue.findIndex((operation) => operation.alone);
    const together = firstAlone < 0 ? this.#queue.length : Math.max(1, firstAlone);
    return this.#queue.splice(0, Math.min(together, LARGEST_BATCH));
  }

  /** Runs the batch in one transaction. `busy`: the lock was not to be had; `failed`: what could not be run has been rejected. */
  #serve(batch: Operation[]): "busy" | "committed" | "failed" {
    let session: Session | undefined;
    try {
      session = this.#begin(batch);
      run(session.connection, batch);
    } catch (error) {
      if (session !== undefined) rollBack(session.connection);
      if (session === undefined && hasResultCode(error, BUSY)) return "busy";
      this.#disconnect(); // After a failure in the transaction itself the next one starts afresh.
      this.#settleFailed(batch, systemFailure(error, this.files.path));
      return "failed";
    } finally {
      session?.close();
    }
    return "committed";
  }

  /** Hands out the results of what was committed, once the store has kept it. */
  async #acknowledge(batch: readonly Operation[]): Promise<void> {
    const { persistence, path } = this.files;
    const isToKeep = persistence.persist !== undefined && batch.some((operation) => operation.kind === "write" && !operation.isRejected);
    if (isToKeep) {
      for (const operation of batch) operation.ignoreAbort();
      try {
        await persistence.persist!(path);
      } catch (error) {
        this.#disconnect(); // Its cache has pages that were not kept.
        for (const operation of batch) operation.reject(systemFailure(error, path));
      }
    }
    for (const operation of batch) operation.acknowledge();
  }

  /**
   * Connects if need be, and begins. A WAL-mode file is only looked at for readers; for writers it is
   * converted, unless the lock shuts out the native clients that made it so: then they take turns.
   */
  #begin(batch: readonly Operation[]): Session {
    const { files } = this;
    const isForReaders = batch.every((operation) => operation.kind === "read");
    // What was forbidden may be allowed by now: SQLite tries only as it opens the file.
    if (!isForReaders && this.#connection?.isReadOnly === true) this.#disconnect();
    try {
      const connection = (this.#connection ??= connect(files, this.#options.durability));
      begin(connection, batch);
      return { connection, close: () => {} };
    } catch (error) {
      if (!hasResultCode(error, CANTOPEN) || !isWalMode(files)) throw error;
    }
    this.#disconnect();
    refuseNativeClients(files, this.#adapter, this.#options.isVouched);
    if (!isForReaders && this.#adapter.excludes.unix) return begun(connectInWal(files, this.#options.durability), batch);
    if (files.persistence.isPrivate !== true) {
      const session = begun(connectOverWal(files), batch);
      if (isForReaders || schemaVersion(session.connection) > SCHEMA_VERSION) return session;
      session.close();
    }
    convertWal(files);
    this.#connection = connect(files, this.#options.durability);
    begin(this.#connection, batch);
    return { connection: this.#connection, close: () => {} };
  }

  /**
   * A failure that belongs to no single operation: if they were several, each gets a
   * transaction of its own. Not when they may have been done already.
   */
  #settleFailed(batch: Operation[], error: ProgressDbError): void {
    const open = batch.filter((operation) => !operation.isRejected);
    const isUnknown = error.details["outcome"] === "unknown";
    if (isUnknown || open.length === 1 || open.some((operation) => operation.alone)) {
      for (const operation of open) operation.reject(error);
      return;
    }
    for (const operation of open) operation.alone = true;
    this.#queue.unshift(...open);
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #waitForTurn(): Promise<void> {
    this.#wake = new AbortController();
    await waitForTurn(this.#lock, this.#firstDeadline(), this.#wake);
  }

  async #prepare(): Promise<boolean> {
    this.#wake = new AbortController();
    return prepare(this.files.persistence, this.files.path, false, this.#firstDeadline(), this.#wake);
  }

  #firstDeadline(): number {
    return Math.min(...this.#queue.map((operation) => operation.deadline));
  }

  #rejectExpired(): void {
    const now = monotonicMs();
    const expired = this.#queue.filter((operation) => operation.deadline <= now);
    if (expired.length === 0) return;
    const error = busy(this.files);
    for (const operation of expired) {
      this.#queue.splice(this.#queue.indexOf(operation), 1);
      operation.reject(error);
    }
  }
}

/** A connection in a transaction. */
interface Session {
  readonly connection: Connection;
  close(): void;
}

/** Begins, or closes the session again. */
function begun(session: Session, batch: readonly Operation[]): Session {
  try {
    begin(session.connection, batch);
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}
