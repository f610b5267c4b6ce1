/**
 * A Hive colony's `progress.db` in the browser: the same ledger, nothing of Node
 * below it. Databases live in the page's own storage, or in files that a person
 * picked. Run it in a worker: a page may not read files step by step.
 * @module
 */
export { enqueueTask, reclaimStale, seedTasks } from "./browser/one-call.ts";
export { ensureProgressDb, openProgressDb, openSqlite } from "./browser/open.ts";
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
export { memoryLock } from "./lock/memory.ts";
export { webLocks } from "./lock/web-locks.ts";
export { blob } from "./persistence/blob.ts";
export { http } from "./persistence/http.ts";
export { indexedDbStore } from "./persistence/indexed-db.ts";
export { memory, type MemoryPersistence } from "./persistence/memory.ts";
export { opfs } from "./persistence/opfs.ts";
export { overlay, type OverlayPersistence } from "./persistence/overlay.ts";
export { snapshot, type Snapshot, type SnapshotStore } from "./persistence/snapshot.ts";
export type { ProgressDb } from "./progress-db.ts";
export type { Changes } from "./progress-reader.ts";
export type { RunOptions, SqliteDb, SqliteOptions, StatementResult } from "./sqlite-db.ts";
export { inspectWal, type WalContents, type WalReport, type WalStop } from "./sqlite/inspect-wal.ts";
export type { Clock } from "./clock.ts";
export type { Lock, LockAdapter, LockHolder, LockLevel, NativeClients } from "./lock/lock.ts";
export type { FileStat, Persistence, PersistentFile } from "./persistence/persistence.ts";
export type { WasmModules, WasmSource } from "./sqlite/wasm-source.ts";
export type { Sql, SqlParameters, SqlRow, SqlValue } from "./sqlite/sql.ts";
export type {
  Claim, ClaimRef, Durability, EnqueueOptions, EnsureOptions, Logger, OpenOptions, Progress, SeedOptions, SopItemInput,
  SopItemRow, StepInput, StepRow, StepStatus, Task, TaskFilter, TaskInput, TaskRow, TaskStatus, WaitOptions,
} from "./types.ts";
