import { monotonicMs } from "../clock.ts";
import { isProgressDbError } from "../errors.ts";
import { NONE, SHARED, type LockAdapter } from "../lock/lock.ts";
import type { Connection } from "../sqlite/connection.ts";
import { BUSY, CANTOPEN, READONLY } from "../sqlite/result-codes.ts";
import { hasResultCode, systemFailure } from "../sqlite/sqlite-error.ts";
import type { Durability } from "../types.ts";
import { connect, connectInWal, connectOverWal, convertWal, isWalMode, refuseNativeClients, type Files } from "./connect.ts";
import { busy, prepare, waitForTurn } from "./waiting.ts";

export interface LoneOptions {
  readonly lock: LockAdapter;
  readonly durability: Durability;
  readonly isReadOnly: boolean;
  /** The caller vouches that no native client has the database open. */
  readonly isVouched: boolean;
}

/** A piece of work that may have to be tried more than once, until the lock is to be had. */
export interface Attempt<T> {
  /** Monotonic milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  /** Is told when a wait begins, and when it is over. */
  readonly onWait: ((isWaiting: boolean) => void) | undefined;
  /** True when it cannot change the database: one in WAL mode may then be looked at as it is. */
  readonly onlyReads: () => boolean;
  readonly run: (connection: Connection) => T;
}

/** One caller's connection with transactions of its own, over the same lock, line and WAL rules as the shared one. */
export class LoneConnection {
  readonly files: Files;
  readonly #options: LoneOptions;
  #connection: Connection | undefined;
  /** Ends a connection that must not outlive its transaction. */
  #end: (() => void) | undefined;

  constructor(files: Files, options: LoneOptions) {
    this.files = files;
    this.#options = options;
  }

  /** Runs the work as soon as the lock is to be had, and keeps what it committed. Throws BUSY. */
  async run<T>(attempt: Attempt<T>): Promise<T> {
    const { lock } = this.files;
    try {
      for (;;) {
        attempt.signal?.throwIfAborted();
        const outcome = (await this.#isReady(attempt)) ? this.#try(attempt) : "busy";
        if (outcome !== "busy") {
          await this.#keep(attempt);
          return outcome.value;
        }
        attempt.onWait?.(true);
        if (monotonicMs() < attempt.deadline) await this.#wait(attempt);
        attempt.onWait?.(false);
        attempt.signal?.throwIfAborted();
        if (monotonicMs() >= attempt.deadline) throw busy(this.files);
      }
    } finally {
      lock.leave();
    }
  }

  /** Rolls an open transaction back and lets go of the lock, before the promise is returned where the store allows. */
  async close(): Promise<void> {
    this.disconnect();
    const { persistence, path, lock } = this.files;
    if (persistence.release !== undefined) await persistence.release(path);
    lock.close();
  }

  disconnect(): void {
    if (this.#end !== undefined) this.#end();
    else this.#connection?.close();
    this.#connection = this.#end = undefined;
  }

  /** In a transaction the lock is ours; otherwise it must be our turn, and the files must be there to be read. */
  #isReady(attempt: Attempt<unknown>): boolean | Promise<boolean> {
    const { lock, persistence, path } = this.files;
    if (lock.level > NONE) return true;
    try {
      if (!lock.mayBarge()) return false;
    } catch (error) {
      throw systemFailure(error, path); // The lock's own files are out of reach.
    }
    if (persistence.prepare === undefined) return true;
    return this.#waking(attempt, (wake) => prepare(persistence, path, false, attempt.deadline, wake));
  }

  #try<T>(attempt: Attempt<T>): { value: T } | "busy" {
    const { lock } = this.files;
    try {
      return { value: this.#runOnce(attempt) };
    } catch (error) {
      // Two that hold SHARED and both want more would wait for each other for ever.
      if (hasResultCode(error, BUSY) && lock.level !== SHARED) return "busy";
      if (isProgressDbError(error) && error.details["lockLost"] === true) this.disconnect();
      throw error;
    }
  }

  #runOnce<T>(attempt: Attempt<T>): T {
    try {
      return this.#use(this.#connection ?? this.#connect(attempt), attempt);
    } catch (error) {
      if (this.files.lock.level > NONE || !this.#isUnreadable(error)) throw error;
    }
    this.disconnect();
    return this.#use(this.#connectElsewise(attempt), attempt);
  }

  #use<T>(connection: Connection, attempt: Attempt<T>): T {
    try {
      const value = attempt.run(connection);
      if (this.files.lock.level > NONE) connection.assertHeld(); // What was read without it may be torn.
      return value;
    } finally {
      if (this.#end !== undefined && !connection.isInTransaction()) this.disconnect();
    }
  }

  #connect(attempt: Attempt<unknown>): Connection {
    if (isWalMode(this.files)) return this.#connectElsewise(attempt);
    return (this.#connection = connect(this.files, this.#options.durability));
  }

  /** To a file that cannot be read as it is: it is converted for what may write, and only looked at otherwise. */
  #connectElsewise(attempt: Attempt<unknown>): Connection {
    const { lock, durability, isReadOnly, isVouched } = this.#options;
    refuseNativeClients(this.files, lock, isVouched);
    const isForReading = isReadOnly || attempt.onlyReads();
    if (!isForReading && !lock.excludes.unix) {
      convertWal(this.files);
      return (this.#connection = connect(this.files, durability));
    }
    const session = isForReading ? connectOverWal(this.files) : connectInWal(this.files, durability);
    this.#end = session.close;
    return (this.#connection = session.connection);
  }

  /** A file in WAL mode; or one with a transaction to be rolled back, which may not be written. */
  #isUnreadable(error: unknown): boolean {
    const { persistence, path } = this.files;
    if (hasResultCode(error, CANTOPEN)) return isWalMode(this.files);
    return this.#options.isReadOnly && hasResultCode(error, READONLY) && (persistence.stat(`${path}-journal`)?.size ?? 0) > 0;
  }

  /** Has the store keep what was committed, where it does so only when told. */
  async #keep(attempt: Attempt<unknown>): Promise<void> {
    const { persistence, path, lock } = this.files;
    if (persistence.persist === undefined || lock.level > NONE || attempt.onlyReads()) return;
    try {
      await persistence.persist(path);
    } catch (error) {
      this.disconnect(); // Its cache has pages that were not kept.
      throw systemFailure(error, path);
    }
  }

  async #wait(attempt: Attempt<unknown>): Promise<void> {
    // There is time now, and there are others who will wait for us next.
    const { warmUp } = await import("./warm-up.ts");
    warmUp(this.files.engine);
    try {
      await this.#waking(attempt, (wake) => waitForTurn(this.files.lock, attempt.deadline, wake));
    } catch (error) {
      throw systemFailure(error, this.files.path);
    }
  }

  /** Waits with a controller that the attempt's signal aborts. */
  async #waking<T>({ signal }: Attempt<unknown>, wait: (wake: AbortController) => Promise<T>): Promise<T> {
    const wake = new AbortController();
    const onAbort = (): void => wake.abort();
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort);
    try {
      return await wait(wake);
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
