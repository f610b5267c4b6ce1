/**
 * A Hive colony's `progress.db` in pure WASM: a SQLite task queue and progress
 * ledger on real files, for Node, Deno and Bun.
 * @module
 */
export { ensureAllColonyDbs, ensureProgressDb } from "./colony/ensure.ts";
export { openProgressDb } from "./colony/open.ts";
export { enqueueTask, reclaimStale, seedTasks } from "./colony/one-call.ts";
export { isProgressDbError, ProgressDbError, type ErrorCode } from "./errors.ts";
export type { Eta } from "./ledger/eta.ts";
export type { FailureGroup, FailuresOptions } from "./ledger/failures.ts";
export type { TimeChange } from "./ledger/fix-times.ts";
export type { GateGroup } from "./ledger/gates.ts";
export type { Severity } from "./ledger/health-rules.ts";
export type { HealthCheck, HealthOptions } from "./ledger/health.ts";
export type { PartCounts } from "./ledger/parts.ts";
export type { Reclaimed } from "./ledger/reclaim.ts";
export type { RetryOptions } from "./ledger/retry.ts";
export { SCHEMA_VERSION } from "./ledger/schema-version.ts";
export type { StepRef } from "./ledger/steps.ts";
export type { Throughput, ThroughputBucket, ThroughputOptions } from "./ledger/throughput.ts";
export type { Tree, TreeNode, TreeOptions } from "./ledger/tree.ts";
export type { WorkerSummary, WorkerTask } from "./ledger/workers.ts";
export type { ProgressDb } from "./progress-db.ts";
export type { Changes } from "./progress-reader.ts";
export type { Clock } from "./clock.ts";
export type { Lock, LockAdapter, LockHolder, LockLevel, NativeClients } from "./lock/lock.ts";
export type { FileStat, Persistence, PersistentFile } from "./persistence/persistence.ts";
export type { WasmModules, WasmSource } from "./sqlite/wasm-source.ts";
export type { Sql, SqlParameters, SqlRow, SqlValue } from "./sqlite/sql.ts";
export type {
  Claim, ClaimRef, Durability, EnqueueOptions, EnsureOptions, Logger, OpenOptions, Progress, SeedOptions, SopItemInput,
  SopItemRow, StepInput, StepRow, StepStatus, Task, TaskFilter, TaskInput, TaskRow, TaskStatus, WaitOptions,
} from "./types.ts";
