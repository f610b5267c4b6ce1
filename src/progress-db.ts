/// <reference lib="esnext.disposable" preserve="true" />
import type { Clock } from "./clock.ts";
import { invalid, ProgressDbError } from "./errors.ts";
import type { Work } from "./handle/operation.ts";
import { withRawSql } from "./handle/raw-sql.ts";
import { shareDatabase, type SharedDatabase } from "./handle/shared.ts";
import { makeFile } from "./handle/waiting.ts";
import { claimBatch, claimById, claimNext, renew } from "./ledger/claim.ts";
import { completeTask, failTask, releaseTask, startTask } from "./ledger/finish.ts";
import type { TimeChange } from "./ledger/fix-times.ts";
import { check, checkTasks } from "./ledger/input.ts";
import { reclaimClaims, reclaimStale, STALE_AFTER_MINUTES, type Reclaimed } from "./ledger/reclaim.ts";
import type { RetryOptions } from "./ledger/retry.ts";
import { prepareTasks, seedTasks } from "./ledger/seed.ts";
import { checkOffSopItem } from "./ledger/sop.ts";
import { setStep, type StepRef } from "./ledger/steps.ts";
import { assertTables } from "./ledger/tables.ts";
import type { LockAdapter } from "./lock/lock.ts";
import type { Persistence } from "./persistence/persistence.ts";
import { ProgressReader } from "./progress-reader.ts";
import { loadEngine } from "./sqlite/engine.ts";
import { systemFailure } from "./sqlite/sqlite-error.ts";
import type { Sql } from "./sqlite/sql.ts";
import type {
  Claim, ClaimRef, EnqueueOptions, OpenOptions, SeedOptions, StepStatus, TaskInput, TaskStatus, WaitOptions,
} from "./types.ts";

/** Options with the adapters chosen: each platform's entry has its own defaults. */
export type ConnectOptions = OpenOptions & { persistence: Persistence; lock: LockAdapter };

/**
 * A handle on one database. Each verb is one operation: it waits its turn, runs
 * in a transaction, and resolves once that is on disk. Verbs that take a `claim`
 * throw CLAIM_LOST, and write nothing, when it has been revoked.
 *
 * All verbs may throw BUSY (the lock was not to be had in `timeoutMs`), CLOSED,
 * IO, READ_ONLY and NATIVE_CLIENTS.
 */
export class ProgressDb extends ProgressReader implements AsyncDisposable {
  readonly #shared: SharedDatabase;
  readonly #wait: WaitOptions;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  private constructor(path: string, shared: SharedDatabase, persistence: Persistence, options: OpenOptions) {
    super(path, persistence, options);
    this.#shared = shared;
    this.#wait = { timeoutMs: options.timeoutMs, signal: options.signal };
  }

  /** @internal Connects without looking at the file; `create` makes an empty one when there is none. */
  static async connect(dbPath: string, options: ConnectOptions, { create }: { create: boolean }): Promise<ProgressDb> {
    check("someText", dbPath, "dbPath");
    if (dbPath.includes("\0")) throw invalid("dbPath", "must not contain NUL");
    const { persistence, lock, durability = "full", nativeClients = "detect" } = options;
    if (!["full", "normal", "process"].includes(durability)) {
      throw invalid("durability", `must be "full", "normal" or "process", not ${JSON.stringify(durability)}`);
    }
    const engine = await loadEngine(options.wasm);
    try {
      const path = persistence.resolve(dbPath);
      if (create) await makeFile(persistence, path, options);
      const shared = shareDatabase(engine, path, { persistence, lock, durability, isVouched: nativeClients === "none" });
      return new ProgressDb(path, shared, persistence, options);
    } catch (error) {
      throw systemFailure(error, dbPath);
    }
  }

  /** @internal Connects to a database that must be there, with a ledger in it. */
  static async open(dbPath: string, options: ConnectOptions): Promise<ProgressDb> {
    const db = await ProgressDb.connect(dbPath, options, { create: false });
    try {
      await db.ask((sql) => {
        assertTables(sql);
        return sql.get("SELECT 1 FROM tasks LIMIT 1");
      });
      return db;
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /**
   * Inserts tasks with their steps and SOP items, all or none; returns their ids
   * in input order. Throws INVALID_INPUT, naming the place.
   */
  async seedTasks(tasks: readonly TaskInput[], options: SeedOptions = {}): Promise<string[]> {
    const checked = checkTasks(tasks);
    check("seedOptions", options, "options");
    if (checked.length === 0) return [];
    const { source = "queen_create", ifExists = "error", onProgress } = options;
    const prepared = prepareTasks(checked);
    return this.#write((sql) => seedTasks(sql, this.clock, prepared, { source, ifExists, onProgress }));
  }

  /** Appends one task; returns its id. */
  async enqueueTask(goal: string, options: EnqueueOptions = {}): Promise<string> {
    if (typeof options !== "object" || options === null) throw invalid("options", "must be an object");
    const { source = "enqueue_tool", ...fields } = options;
    const [id] = await this.seedTasks([{ ...fields, goal }], { source });
    return id!;
  }

  /** Gives back claims without a heartbeat for `staleAfterMinutes`, or fails them when their retries are spent. Returns how many were given back. */
  async reclaimStale(staleAfterMinutes: number = STALE_AFTER_MINUTES): Promise<number> {
    check("minutes", staleAfterMinutes, "staleAfterMinutes");
    return this.#write((sql) => reclaimStale(sql, this.clock, staleAfterMinutes));
  }

  /** The same; returns the ids of the tasks given back and of those failed. */
  async reclaimClaims(staleAfterMinutes: number = STALE_AFTER_MINUTES): Promise<Reclaimed> {
    check("minutes", staleAfterMinutes, "staleAfterMinutes");
    return this.#write((sql) => reclaimClaims(sql, this.clock, staleAfterMinutes));
  }

  /** Gives failed tasks back to the queue, all or none; returns their ids. Throws NOT_FOUND; INVALID_INPUT when one is not failed. */
  async retryTasks(options: RetryOptions = {}): Promise<string[]> {
    const checked = check("retryOptions", options, "options") as RetryOptions;
    const { retryTasks } = await import("./ledger/operator.ts");
    return this.#write((sql) => retryTasks(sql, this.clock, checked));
  }

  /**
   * Takes tasks out of their workers' hands and gives them back to the queue, all
   * or none: an operator's release, without the claim. No retry is spent. Throws
   * NOT_FOUND; INVALID_INPUT when one is in nobody's hands.
   */
  async revokeClaims(ids: readonly string[]): Promise<void> {
    const checked = check("ids", ids, "ids") as string[];
    const { revokeClaims } = await import("./ledger/operator.ts");
    return this.#write((sql) => revokeClaims(sql, this.clock, checked));
  }

  /**
   * Rewrites times that are not in the form of their columns, and sets those that
   * are yet to come to now; says what it changed. What cannot be read stays.
   */
  async fixTimes(): Promise<TimeChange[]> {
    const { fixTimes } = await import("./ledger/operator.ts");
    return this.#write((sql) => fixTimes(sql, this.clock));
  }

  /** Claims the next pending task (`priority DESC, seq, created_at`), or the one named; `null` when there is none to claim. */
  async claimTask(options: { workerId: string; taskId?: string | undefined }): Promise<Claim | null> {
    check("claimOptions", options, "options");
    const { workerId, taskId } = options;
    return this.#write((sql) =>
      taskId === undefined ? claimNext(sql, this.clock, workerId) : claimById(sql, this.clock, workerId, taskId));
  }

  /** Claims up to `limit` pending tasks in one transaction. */
  async claimTasks(options: { workerId: string; limit: number }): Promise<Claim[]> {
    check("claimManyOptions", options, "options");
    const { workerId, limit } = options;
    return this.#write((sql) => claimBatch(sql, this.clock, workerId, limit));
  }

  /** Marks the task in progress. */
  async startTask(claim: ClaimRef): Promise<void> {
    return this.#withClaim(claim, startTask);
  }

  /** Says that the worker is alive. Every verb that takes the claim says so too. */
  async heartbeat(claim: ClaimRef): Promise<void> {
    return this.#withClaim(claim, (sql, clock, ref) => void renew(sql, clock, ref));
  }

  /** Closes the task as done. Throws SOP_OPEN while a required SOP item is open, listing them. */
  async completeTask(claim: ClaimRef): Promise<void> {
    return this.#withClaim(claim, completeTask);
  }

  /** Closes the task as failed; with `retry`, gives it back instead while retries are left. Returns the status it got. */
  async failTask(claim: ClaimRef, options: { error: string; retry?: boolean | undefined }): Promise<TaskStatus> {
    check("failOptions", options, "options");
    const { error, retry = false } = options;
    return this.#withClaim(claim, (sql, clock, ref) => failTask(sql, clock, ref, error, retry));
  }

  /** Gives the task back; no retry is spent. */
  async releaseTask(claim: ClaimRef): Promise<void> {
    return this.#withClaim(claim, releaseTask);
  }

  /** Begins a step, named by id or seq. Throws NOT_FOUND; INVALID_INPUT when it is done or skipped already. */
  async startStep(claim: ClaimRef, step: StepRef): Promise<void> {
    return this.#setStep(claim, step, "in_progress", undefined);
  }

  /** Ends a step as done, with what shows it. */
  async completeStep(claim: ClaimRef, step: StepRef, options: { evidence: string }): Promise<void> {
    check("doneOptions", options, "options");
    return this.#setStep(claim, step, "done", options.evidence);
  }

  /** Ends a step as failed; it may be started again. */
  async failStep(claim: ClaimRef, step: StepRef, options: { evidence?: string | undefined } = {}): Promise<void> {
    check("evidenceOptions", options, "options");
    return this.#setStep(claim, step, "failed", options.evidence);
  }

  /** Ends a step as not needed. */
  async skipStep(claim: ClaimRef, step: StepRef, options: { evidence?: string | undefined } = {}): Promise<void> {
    check("evidenceOptions", options, "options");
    return this.#setStep(claim, step, "skipped", options.evidence);
  }

  /** Checks an SOP item off; one that is checked off already stays as it is. Throws NOT_FOUND. */
  async checkOffSopItem(claim: ClaimRef, key: string, options: { note?: string | undefined } = {}): Promise<void> {
    check("someText", key, "key");
    check("noteOptions", options, "options");
    const { note } = options;
    return this.#withClaim(claim, (sql, clock, ref) => checkOffSopItem(sql, clock, ref, key, note));
  }

  /** Runs SQL that reads, on one consistent state. The callback is synchronous; anything that writes is refused (READ_ONLY). */
  async read<T>(callback: (sql: Sql) => T): Promise<T> {
    return this.#submit({
      kind: "read",
      run: (connection) => {
        // Set by the pragma itself, when it is compiled: it cannot be kept prepared.
        connection.exec("PRAGMA query_only = ON");
        try {
          return withRawSql(connection, callback);
        } finally {
          connection.exec("PRAGMA query_only = OFF");
        }
      },
    });
  }

  /** Runs SQL in a write transaction of its own. The callback is synchronous; if it throws, nothing is written. */
  async transaction<T>(callback: (sql: Sql) => T): Promise<T> {
    return this.#submit({ kind: "write", alone: true, run: (connection) => withRawSql(connection, callback) });
  }

  /** Finishes what was begun and lets go of the file. Later calls throw CLOSED. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await Promise.allSettled(this.#pending);
    await this.#shared.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal Runs work of this library's own in a write transaction. */
  async write<T>(run: (sql: Sql) => T): Promise<T> {
    return this.#write(run);
  }

  #setStep(claim: ClaimRef, step: StepRef, status: Exclude<StepStatus, "pending">, evidence: string | undefined): Promise<void> {
    check("step", step, "step");
    return this.#withClaim(claim, (sql, clock, ref) => setStep(sql, clock, ref, step, status, evidence));
  }

  /** Runs a verb on the task that the claim names. */
  #withClaim<T>(claim: ClaimRef, verb: (sql: Sql, clock: Clock, claim: ClaimRef) => T): Promise<T> {
    const ref = check("claim", claim, "claim") as ClaimRef;
    return this.#write((sql) => verb(sql, this.clock, ref));
  }

  #write<T>(run: (sql: Sql) => T): Promise<T> {
    return this.#submit({ kind: "write", run });
  }

  /** @internal */
  protected ask<T>(run: (sql: Sql) => T): Promise<T> {
    return this.#submit({ kind: "read", run });
  }

  /** @internal */
  protected get closed(): AbortSignal {
    return this.#closing.signal;
  }

  async #submit<T>(work: Work<T>): Promise<T> {
    if (this.#closing.signal.aborted) {
      throw new ProgressDbError("CLOSED", `the handle on ${this.path} is closed`, { hint: "open the database again" });
    }
    const result = this.#shared.database.submit(work, this.#wait);
    this.#pending.add(result);
    try {
      return await result;
    } finally {
      this.#pending.delete(result);
    }
  }
}
