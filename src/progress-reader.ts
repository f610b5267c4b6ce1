import { sleep, systemClock, type Clock } from "./clock.ts";
import { ChangeWatcher } from "./handle/change-watcher.ts";
import type { Eta } from "./ledger/eta.ts";
import type { FailureGroup, FailuresOptions } from "./ledger/failures.ts";
import { findTaskId } from "./ledger/find-task.ts";
import type { GateGroup } from "./ledger/gates.ts";
import type { HealthCheck, HealthOptions } from "./ledger/health.ts";
import { check } from "./ledger/input.ts";
import type { PartCounts } from "./ledger/parts.ts";
import { staleBefore } from "./ledger/reclaim.ts";
import { getTask, listTasks } from "./ledger/task.ts";
import type { Throughput, ThroughputOptions } from "./ledger/throughput.ts";
import type { Tree, TreeOptions } from "./ledger/tree.ts";
import type { WorkerSummary } from "./ledger/workers.ts";
import type { Persistence } from "./persistence/persistence.ts";
import type { Sql } from "./sqlite/sql.ts";
import type { OpenOptions, Progress, Task, TaskFilter, TaskRow } from "./types.ts";

/** What can be asked of a ledger. Nothing here changes it by a byte. */
export abstract class ProgressReader {
  /** The database's canonical path. */
  readonly path: string;
  /** @internal */
  protected readonly clock: Clock;
  readonly #persistence: Persistence;

  protected constructor(path: string, persistence: Persistence, options: OpenOptions) {
    this.path = path;
    this.clock = options.clock ?? systemClock;
    this.#persistence = persistence;
  }

  /** @internal Runs a read model on one consistent state. */
  protected abstract ask<T>(run: (sql: Sql) => T): Promise<T>;

  /** @internal Aborts when the handle is closed. */
  protected abstract get closed(): AbortSignal;

  /** A task with its steps and SOP items. Throws NOT_FOUND. */
  async getTask(id: string): Promise<Task> {
    check("someText", id, "id");
    return this.ask((sql) => getTask(sql, id));
  }

  /** The id that is meant by an id or by the beginning of one. Throws NOT_FOUND, also when several tasks' ids begin so. */
  async findTaskId(idOrPrefix: string): Promise<string> {
    check("someText", idOrPrefix, "id");
    return this.ask((sql) => findTaskId(sql, idOrPrefix));
  }

  /** Tasks in the order of their creation, unless the filter says otherwise. */
  async listTasks(filter: TaskFilter = {}): Promise<TaskRow[]> {
    const { staleAfterMinutes, ...checked } = check("filter", filter, "filter") as TaskFilter;
    return this.ask((sql) =>
      listTasks(sql, checked, staleAfterMinutes === undefined ? undefined : staleBefore(this.clock, staleAfterMinutes)));
  }

  /** How far the steps and gates of each task named are, in that order. */
  async countParts(ids: readonly string[]): Promise<PartCounts[]> {
    check("ids", ids, "ids");
    const { countParts } = await import("./ledger/operator.ts");
    return this.ask((sql) => countParts(sql, ids));
  }

  /** The gates by key, over all tasks, those that block the most first. */
  async getGates(): Promise<GateGroup[]> {
    const { getGates } = await import("./ledger/operator.ts");
    return this.ask(getGates);
  }

  /** Counts, rates, stale claims and open gates. */
  async getProgress(): Promise<Progress> {
    const { getProgress } = await import("./ledger/operator.ts");
    return this.ask((sql) => getProgress(sql, this.clock));
  }

  /** When the queue will be empty, and the window this is taken from. */
  async getEta(): Promise<Eta> {
    const { getEta } = await import("./ledger/operator.ts");
    return this.ask((sql) => getEta(sql, this.clock));
  }

  /** How many tasks were done and failed in each stretch of a window. */
  async getThroughput(options: ThroughputOptions = {}): Promise<Throughput> {
    check("throughputOptions", options, "options");
    const { getThroughput } = await import("./ledger/operator.ts");
    return this.ask((sql) => getThroughput(sql, this.clock, options));
  }

  /** Failed tasks, grouped by what their errors have in common, the most frequent first. */
  async getFailures(options: FailuresOptions = {}): Promise<FailureGroup[]> {
    check("failuresOptions", options, "options");
    const { getFailures } = await import("./ledger/operator.ts");
    return this.ask((sql) => getFailures(sql, options));
  }

  /** The workers that tasks name: what they have in hand, have done, and when they were last seen. */
  async getWorkers(): Promise<WorkerSummary[]> {
    const { getWorkers } = await import("./ledger/operator.ts");
    return this.ask((sql) => getWorkers(sql, this.clock));
  }

  /** What is wrong with the ledger, rule by rule, also the rules that found nothing. */
  async getHealth(options: HealthOptions = {}): Promise<HealthCheck[]> {
    check("healthOptions", options, "options");
    const { getHealth } = await import("./ledger/operator.ts");
    return this.ask((sql) => getHealth(sql, this.clock, options));
  }

  /** Tasks below their parents, with counts of what is below each. Throws NOT_FOUND. */
  async getTree(options: TreeOptions = {}): Promise<Tree> {
    check("treeOptions", options, "options");
    const { getTree } = await import("./ledger/operator.ts");
    return this.ask((sql) => getTree(sql, options));
  }

  /**
   * Yields the progress now, and again whenever the database has changed, until
   * the signal aborts or the handle is closed. Looks at the file's change counter
   * every `intervalMs` (default 1000); takes the lock only to read what changed.
   */
  async *watch({ signal, intervalMs = 1000 }: { signal?: AbortSignal; intervalMs?: number } = {}): AsyncGenerator<Progress, void> {
    const watcher = this.changes();
    const end = signal === undefined ? this.closed : AbortSignal.any([signal, this.closed]);
    try {
      while (!end.aborted) {
        if (watcher.hasChanged()) yield await this.getProgress();
        await sleep(intervalMs, end);
      }
    } finally {
      watcher.close();
    }
  }

  /**
   * Tells whether the database may have changed since it was last asked: cheap, by
   * the file's change counter, without a lock. The first answer is yes. Close it.
   */
  changes(): Changes {
    return new ChangeWatcher(this.#persistence, this.path);
  }
}

/** See `ProgressReader.changes`. */
export interface Changes {
  hasChanged(): boolean;
  close(): void;
}
