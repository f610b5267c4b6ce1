import type { Clock } from "./clock.ts";
import type { LockAdapter } from "./lock/lock.ts";
import type { Persistence } from "./persistence/persistence.ts";
import type { WasmSource } from "./sqlite/wasm-source.ts";

/*
 * Words
 *
 * colony    a folder `~/.hive/colonies/<name>/`; its database is `data/progress.db`
 * queen     whoever seeds tasks
 * worker    whoever claims them, named by a worker id
 * task      a unit of work, with steps and SOP items
 * step      a part of a task, done with evidence
 * SOP item  a gate: while a required one is open, the task cannot be completed
 * claim     a worker's hold on a task, named by its claim token
 * stale     said of a claim without a heartbeat for 15 minutes
 * reclaim   to give a stale claim back, or to fail its task when the retries are spent
 */

export type TaskStatus = "pending" | "claimed" | "in_progress" | "done" | "failed";
export type StepStatus = "pending" | "in_progress" | "done" | "failed" | "skipped";

/** A row of `tasks`. Times are UTC, as ISO 8601 with `+00:00` or as `YYYY-MM-DD HH:MM:SS`. */
export interface TaskRow {
  id: string;
  seq: number | null;
  priority: number;
  goal: string;
  /** As stored: JSON text, or whatever text the queen gave. */
  payload: string | null;
  status: TaskStatus;
  worker_id: string | null;
  claim_token: string | null;
  claimed_at: string | null;
  started_at: string | null;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
  retry_count: number;
  max_retries: number;
  last_error: string | null;
  parent_task_id: string | null;
  source: string | null;
}

/** A row of `steps`. */
export interface StepRow {
  id: string;
  task_id: string;
  seq: number;
  title: string;
  detail: string | null;
  status: StepStatus;
  evidence: string | null;
  worker_id: string | null;
  started_at: string | null;
  completed_at: string | null;
}

/** A row of `sop_checklist`. */
export interface SopItemRow {
  id: string;
  task_id: string;
  key: string;
  description: string;
  /** 1 or 0. */
  required: number;
  done_at: string | null;
  done_by: string | null;
  note: string | null;
}

/** A task with its steps, by seq, and its SOP items. */
export interface Task extends TaskRow {
  steps: StepRow[];
  sop_items: SopItemRow[];
}

/** A task in hand. Pass it to every verb that works on the task; its token proves the claim. */
export interface Claim extends Task {
  worker_id: string;
  claim_token: string;
}

/** What proves a claim: a `Claim`, or its two telling fields. */
export type ClaimRef = Pick<Claim, "id" | "claim_token">;

/** What a queen gives for a step; `seq` is its place, counted from 1, unless given. */
export interface StepInput {
  title: string;
  detail?: string | null | undefined;
  seq?: number | undefined;
}

/** What a queen gives for an SOP item; required unless said otherwise. */
export interface SopItemInput {
  key: string;
  description: string;
  required?: boolean | 0 | 1 | undefined;
  note?: string | null | undefined;
}

/** What a queen gives for a task. Any `payload` but text and null is stored as JSON. */
export interface TaskInput {
  goal: string;
  id?: string | null | undefined;
  seq?: number | null | undefined;
  /** Higher is claimed first. Default 0. */
  priority?: number | undefined;
  payload?: unknown;
  /** Default 3. */
  max_retries?: number | undefined;
  /** A task in the database or anywhere in the same batch. */
  parent_task_id?: string | null | undefined;
  steps?: readonly StepInput[] | null | undefined;
  sop_items?: readonly SopItemInput[] | null | undefined;
}

export interface SeedOptions {
  /** Stored in `tasks.source`. Default `queen_create`. */
  source?: string | undefined;
  /** What to do about an id that is in the database: refuse the whole batch, or leave that task as it is. Default `error`. */
  ifExists?: "error" | "skip" | undefined;
  /** Told now and then how many are inserted. Called while the database is locked: be quick. */
  onProgress?: ((inserted: number) => void) | undefined;
}

/** A task's fields without its goal, and the source, default `enqueue_tool`. */
export type EnqueueOptions = Omit<TaskInput, "goal"> & Pick<SeedOptions, "source">;

export interface TaskFilter {
  status?: TaskStatus | readonly TaskStatus[] | undefined;
  workerId?: string | undefined;
  parentTaskId?: string | undefined;
  source?: string | undefined;
  /** Only claims without a heartbeat for this many minutes. */
  staleAfterMinutes?: number | undefined;
  /** Only tasks with this text in their goal, payload, error or id, whatever its case (of ASCII letters). */
  text?: string | undefined;
  /** Default: the order of creation. */
  orderBy?: "created" | "updated" | "priority" | "seq" | "status" | "worker" | "retries" | undefined;
  descending?: boolean | undefined;
  /** At most this many rows. Default: all. */
  limit?: number | undefined;
  /** Rows that come after this task's, in the order of creation. */
  after?: string | undefined;
}

export interface Progress {
  /** Number of tasks. */
  total: number;
  /** Number of tasks by status; a status that no task has is 0. */
  byStatus: Record<TaskStatus, number>;
  steps: { total: number; done: number };
  /** Required SOP items still open, of tasks that are neither done nor failed. */
  openGates: number;
  /** Claims without a heartbeat for 15 minutes. */
  stale: number;
  /** Tasks finished in the last `windowMinutes`, per minute. */
  rate: { done: number; failed: number; windowMinutes: number };
  /** The latest `updated_at` of any task, ISO 8601; `null` when there are no tasks. */
  updatedAt: string | null;
}

/**
 * What an acknowledged write survives. `full`: a power cut. `normal`: a power cut
 * leaves the database sound, but may undo the latest writes. `process`: the end
 * of the process only.
 */
export type Durability = "full" | "normal" | "process";

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** Options of every function that waits for the lock. */
export interface WaitOptions {
  /** How long to wait for the lock before BUSY, milliseconds. Default 5000. */
  timeoutMs?: number | undefined;
  /** Ends the wait; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface OpenOptions extends WaitOptions {
  /** Where the bytes live. Default: real files. */
  persistence?: Persistence | undefined;
  /** Who may touch them. Default: `dotfile` on real files. */
  lock?: LockAdapter | undefined;
  /** Default `full`. */
  durability?: Durability | undefined;
  clock?: Clock | undefined;
  logger?: Logger | undefined;
  /**
   * `none` vouches that no native client has the database open, where that
   * cannot be seen (see NATIVE_CLIENTS). Default `detect`.
   */
  nativeClients?: "detect" | "none" | undefined;
  /** sql.js's own wasm, for those who keep it out of the bundle; the first open decides. */
  wasm?: WasmSource | undefined;
}

export interface EnsureOptions extends OpenOptions {
  /** Makes the database refuse to complete a task with open gates, for native clients too; `false` stops that. Default: as it is. */
  enforceGates?: boolean | undefined;
}
