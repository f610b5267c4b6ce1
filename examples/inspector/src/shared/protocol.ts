import type {
  Eta, FailureGroup, HealthCheck, SopItemRow, StepRow, TaskRow, Throughput, Tree, WorkerSummary,
} from "hive-progress-db/browser";

/** What page and worker say to each other. All of it can be cloned, so BigInt and bytes travel as they are. */

export type Value = null | number | bigint | string | Uint8Array;

/** One database with its sidecars, as picked. */
export interface PickedFiles {
  name: string;
  db: Blob;
  wal?: Blob | undefined;
  journal?: Blob | undefined;
}

/** The page looks by itself whether watched files have changed. */
export type Source = { from: "files"; files: PickedFiles; isWatched: boolean } | { from: "url"; name: string; db: string };

/** The four states of the write-ahead log, and a hot journal. */
export interface SidecarState {
  kind: "rollback" | "wal-merged" | "wal-missing" | "wal-damaged" | "journal-rolled-back";
  /** One sentence, for people. */
  text: string;
}

export interface OpenInfo {
  name: string;
  /** Bytes of the database file. */
  size: number;
  sidecar: SidecarState;
  /** False for a database without the ledger's tables: only SQL and raw tables are there. */
  isLedger: boolean;
  userVersion: number;
  /** Made by a newer release than this page is of. */
  isNewer: boolean;
  meta: { key: string; value: string; updated_at: string }[];
  /** Milliseconds since 1970, of the last write to any task. */
  lastWrite: number | null;
  openedInMs: number;
}

export interface Counts {
  total: number;
  byStatus: Record<string, number>;
}

/** What is different since the last look. */
export interface Changes {
  /** By status: how many tasks more or fewer have it. */
  byStatus: Record<string, number>;
  added: number;
  changed: number;
  /** Ids of tasks that changed, at most 1,000. */
  ids: string[];
}

export interface TaskSummary {
  rowid: number;
  id: string;
  status: string;
  priority: number;
  seq: number | null;
  /** At most 300 characters. */
  goal: string;
  worker_id: string | null;
  steps: number;
  steps_done: number;
  gates: number;
  gates_done: number;
  gates_open_required: number;
  retry_count: number;
  max_retries: number;
  created_at: string;
  claimed_at: string | null;
  updated_at: string;
  completed_at: string | null;
  source: string | null;
  parent_task_id: string | null;
  last_error: string | null;
}

export interface Selection {
  /** Names the list of rows that the worker keeps. */
  token: number;
  count: number;
  ms: number;
  /** Only the first rows are listed. */
  isCapped?: boolean;
}

/** A text that may have been cut: `length` is what it really has, characters. */
export interface Clipped {
  text: string;
  length: number;
}

export interface TaskDetail {
  /** `goal`, `payload` and `last_error` are cut at `CLIP` characters; `clipped` has their lengths. */
  task: TaskRow;
  clipped: Record<string, number>;
  steps: StepRow[];
  gates: SopItemRow[];
  parent: RelatedTask | null;
  children: RelatedTask[];
  childCount: number;
  raw: Record<string, Value>;
}

export interface RelatedTask {
  id: string;
  goal: string;
  status: string;
}

export const CLIP = 20_000;
/** Children shown in a task's detail; the tree has all. */
export const CHILDREN_SHOWN = 50;
/** Rows of a query that are shown. */
export const ROW_CAP = 10_000;

/** A few of the tasks a remark is about, and how many there are. */
export interface Some {
  count: number;
  tasks: RelatedTask[];
}

/** What the tasks' own rows tell an operator to look at first; failures and open gates are asked for apart. */
export interface Attention {
  stale: Some;
  spent: Some;
}

export interface Facts {
  priorities: { priority: number; total: number; open: number }[];
  /** How many priorities there are; only the highest 8 are listed. */
  priorityCount: number;
  oldestPending: { id: string; created: number } | null;
  gates: { total: number; met: number };
}

/** How many tasks had which status at the end of each bucket. */
export interface StatusHistory {
  bucketMs: number;
  points: { at: number; pending: number; held: number; done: number; failed: number }[];
}

export interface StepDuration {
  title: string;
  /** Steps with this title that have both times. */
  count: number;
  failed: number;
  medianMs: number;
  p90Ms: number;
  maxMs: number;
}

export interface StepWalk {
  total: number;
  done: number;
  /** Those that took the longest in all, at most 12. */
  titles: StepDuration[];
  titleCount: number;
}

/** A time in which a worker held a task; the end is open while it still does. */
export interface Span {
  worker: string;
  id: string;
  goal: string;
  status: string;
  from: number;
  to: number | null;
}

export interface Lanes {
  /** At most `SPAN_CAP`, the latest. */
  spans: Span[];
  isCut: boolean;
  from: number;
  to: number;
}

export const SPAN_CAP = 2000;

export interface Grid {
  columns: string[];
  rows: Value[][];
}

export interface QueryResult extends Grid {
  /** Rows there were, or `ROW_CAP` with `isCut`. */
  isCut: boolean;
  ms: number;
}

export interface TableInfo {
  name: string;
  type: "table" | "view";
  columns: { name: string; type: string; isKey: boolean }[];
  sql: string;
}

export type ExportFormat = "csv" | "json" | "ndjson" | "md";

/** All the worker can be asked. */
export interface WorkerApi {
  open(source: Source, isAgain: boolean): Promise<OpenInfo>;
  /** Notes each task's state, for `changes` after the next look. */
  remember(): Promise<void>;
  changes(): Promise<Changes>;
  counts(): Promise<Counts>;
  attention(staleMinutes: number, asOf: number): Promise<Attention>;
  doneWithOpenGate(): Promise<Some>;
  facts(): Promise<Facts>;
  eta(asOf: number): Promise<Eta>;
  /** Of the last `minutes`; `null` is the whole time from the first task to the last write. */
  throughput(minutes: number | null, asOf: number): Promise<Throughput>;
  statusHistory(): Promise<StatusHistory>;
  steps(): Promise<StepWalk>;
  select(filter: string, sort: string, staleMinutes: number, asOf: number): Promise<Selection>;
  rows(token: number, from: number, to: number): Promise<TaskSummary[]>;
  place(token: number, id: string): Promise<{ id: string; index: number; previous: string | null; next: string | null }>;
  /** The first 500 workers, by name. */
  workerIds(): Promise<string[]>;
  task(id: string): Promise<TaskDetail>;
  text(table: string, column: string, id: string, from: number, length: number): Promise<Clipped>;
  failures(): Promise<FailureGroup[]>;
  /** The tasks of one group, the latest first. */
  selectFailures(signature: string): Promise<Selection>;
  workers(asOf: number): Promise<WorkerSummary[]>;
  lanes(minutes: number | null, worker: string | null, asOf: number): Promise<Lanes>;
  /** A task with its children, or with `null` all that have no parent. */
  tree(id: string | null): Promise<Tree>;
  ancestors(id: string): Promise<string[]>;
  health(staleMinutes: number, asOf: number): Promise<HealthCheck[]>;
  integrity(isFull: boolean): Promise<{ messages: string[]; ms: number }>;
  query(sql: string): Promise<QueryResult>;
  plan(sql: string): Promise<Grid>;
  tables(): Promise<TableInfo[]>;
  selectTable(table: string, sort: string): Promise<Selection>;
  tableRows(token: number, from: number, to: number): Promise<Grid>;
  exportRows(what: { token: number } | { sql: string } | { table: string; sort: string }, format: ExportFormat, withBom: boolean): Promise<Blob>;
  exportTask(id: string): Promise<Blob>;
  saveDatabase(): Promise<Blob>;
}

export type Method = keyof WorkerApi;

export type Request =
  | { id: number; method: Method; args: unknown[] }
  | { cancel: number };

export interface Failure {
  code: string;
  message: string;
  hint: string;
}

export type Reply =
  | { id: number; value: unknown }
  | { id: number; failure: Failure };
