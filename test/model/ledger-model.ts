import type { ClaimRef, Progress, SeedOptions, SopItemRow, StepRow, Task, TaskFilter, TaskInput, TaskRow, TaskStatus } from "hive-progress-db";

/**
 * The ledger as plain data in memory, verb by verb: what the library must do,
 * said a second time and without SQL. Times are texts as the columns hold them.
 */

/** Ids of steps and SOP items are random; the model does without. */
export type ModelTask = TaskRow & { steps: Omit<StepRow, "id">[]; sop_items: Omit<SopItemRow, "id">[] };

export interface World {
  /** In the order of their creation. */
  tasks: ModelTask[];
  /** Milliseconds since 1970. */
  now: number;
  enforcesGates: boolean;
  /** Claims made; each mints a token that the model does not know: `?1`, `?2`, … */
  mints: number;
}

/** A refusal by its code; the world is as it was. */
export class Refusal {
  readonly code: string | undefined;
  constructor(code: string | undefined) {
    this.code = code;
  }
}

const STALE_MINUTES = 15;
const iso = (world: World): string => `${new Date(world.now).toISOString().slice(0, 19)}+00:00`;
const sqlTime = (world: World): string => iso(world).slice(0, 19).replace("T", " ");
const seconds = (time: string): number => Date.parse(`${time.slice(0, 19).replace(" ", "T")}Z`) / 1000;
const isLive = ({ status }: TaskRow): boolean => status === "claimed" || status === "in_progress";
const isOpenGate = (item: Omit<SopItemRow, "id">): boolean => item.required !== 0 && item.done_at === null;

function isStale(world: World, task: TaskRow, minutes: number): boolean {
  return isLive(task) && seconds(task.claimed_at!) < Math.floor(world.now / 1000) - minutes * 60;
}

function find(world: World, id: string): ModelTask {
  const task = world.tasks.find((each) => each.id === id);
  if (task === undefined) throw new Refusal("NOT_FOUND");
  return task;
}

/** The task that the claim names, renewed. */
function renewed(world: World, claim: ClaimRef): ModelTask {
  const task = find(world, claim.id);
  if (!isLive(task) || task.claim_token !== claim.claim_token) throw new Refusal("CLAIM_LOST");
  task.claimed_at = task.updated_at = sqlTime(world);
  return task;
}

const NO_CLAIM = { worker_id: null, claim_token: null, claimed_at: null, started_at: null } as const;

function take(world: World, task: ModelTask, workerId: string): ModelTask {
  const now = sqlTime(world);
  return Object.assign(task, {
    status: "claimed", worker_id: workerId, claim_token: `?${++world.mints}`, claimed_at: now, updated_at: now,
  });
}

/** `priority DESC, seq, created_at`, then the order of creation; no seq comes first, as NULL does. */
function next(world: World): ModelTask | undefined {
  const rank = (task: TaskRow): number => task.seq ?? -Infinity;
  const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);
  return world.tasks.filter(({ status }) => status === "pending").sort((a, b) =>
    compare(b.priority, a.priority) || compare(rank(a), rank(b)) || compare(a.created_at, b.created_at))[0];
}

function seed(world: World, tasks: readonly TaskInput[], { source = "queen_create", ifExists = "error" }: SeedOptions = {}): string[] {
  const ids = tasks.map(({ id }) => id!);
  const parents = new Map(tasks.map(({ id, parent_task_id: parent }) => [id!, parent ?? undefined]));
  const isOwnAncestor = (id: string): boolean => {
    const path = new Set<string>();
    for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) {
      if (path.has(at)) return true;
      path.add(at);
    }
    return false;
  };
  if (new Set(ids).size < ids.length || ids.some(isOwnAncestor)) throw new Refusal("INVALID_INPUT");
  const existing = new Set(world.tasks.map(({ id }) => id));
  const newTasks = tasks.filter(({ id }) => !existing.has(id!));
  if (ifExists === "error" && newTasks.length < tasks.length) throw new Refusal("INVALID_INPUT");
  const isKnown = (parent: string): boolean => ids.includes(parent) || existing.has(parent);
  if (newTasks.some(({ parent_task_id: parent }) => parent != null && !isKnown(parent))) throw new Refusal("INVALID_INPUT");
  for (const task of newTasks) world.tasks.push(newTask(world, task, source));
  return ids;
}

function newTask(world: World, input: TaskInput, source: string): ModelTask {
  const id = input.id!;
  return {
    id, seq: input.seq ?? null, priority: input.priority ?? 0, goal: input.goal, payload: (input.payload as string | undefined) ?? null,
    status: "pending", ...NO_CLAIM, completed_at: null, created_at: iso(world), updated_at: iso(world),
    retry_count: 0, max_retries: input.max_retries ?? 3, last_error: null, parent_task_id: input.parent_task_id ?? null, source,
    steps: (input.steps ?? []).map(({ title }, index) => ({
      task_id: id, seq: index + 1, title, detail: null, status: "pending", evidence: null, worker_id: null, started_at: null, completed_at: null,
    })),
    sop_items: (input.sop_items ?? []).map(({ key, description, required = true }) => ({
      task_id: id, key, description, required: required ? 1 : 0, done_at: null, done_by: null, note: null,
    })),
  };
}

function setStep(world: World, claim: ClaimRef, seq: number, status: StepRow["status"], evidence?: string): void {
  const task = renewed(world, claim);
  const step = task.steps.find((each) => each.seq === seq);
  if (step === undefined) throw new Refusal("NOT_FOUND");
  if (step.status === "done" || step.status === "skipped") throw new Refusal("INVALID_INPUT");
  const now = sqlTime(world);
  Object.assign(step, status === "in_progress"
    ? { status, worker_id: task.worker_id, started_at: now, completed_at: null }
    : { status, worker_id: task.worker_id, evidence: evidence ?? step.evidence, completed_at: now });
}

function reclaim(world: World, minutes: number = STALE_MINUTES): number {
  const now = sqlTime(world);
  let count = 0;
  for (const task of world.tasks.filter((each) => isStale(world, each, minutes))) {
    task.updated_at = now;
    if (task.retry_count < task.max_retries) {
      Object.assign(task, NO_CLAIM, { status: "pending", retry_count: task.retry_count + 1 });
      count++;
    } else {
      Object.assign(task, { status: "failed", last_error: task.last_error ?? "exceeded max_retries after stale claim", completed_at: now });
    }
  }
  return count;
}

function list(world: World, { status, workerId, parentTaskId, staleAfterMinutes, limit = Infinity }: TaskFilter = {}): TaskRow[] {
  return world.tasks.filter((task) =>
    (status === undefined || [status].flat().includes(task.status))
    && (workerId === undefined || task.worker_id === workerId)
    && (parentTaskId === undefined || task.parent_task_id === parentTaskId)
    && (staleAfterMinutes === undefined || isStale(world, task, staleAfterMinutes)),
  ).slice(0, limit).map(({ steps: _steps, sop_items: _items, ...row }) => row);
}

function progress({ tasks, ...world }: World): Progress {
  const of = (status: TaskStatus): ModelTask[] => tasks.filter((task) => task.status === status);
  const since = Math.floor(world.now / 1000) - STALE_MINUTES * 60;
  const rate = (status: TaskStatus): number => of(status).filter((task) => seconds(task.completed_at!) >= since).length / STALE_MINUTES;
  const steps = tasks.flatMap((task) => task.steps);
  const updatedAt = Math.max(...tasks.map((task) => seconds(task.updated_at)));
  return {
    total: tasks.length,
    byStatus: {
      pending: of("pending").length, claimed: of("claimed").length, in_progress: of("in_progress").length,
      done: of("done").length, failed: of("failed").length,
    },
    steps: { total: steps.length, done: steps.filter((step) => step.status === "done").length },
    openGates: tasks.filter(({ status }) => status !== "done" && status !== "failed").flatMap((task) => task.sop_items.filter(isOpenGate)).length,
    stale: tasks.filter((task) => isStale({ tasks, ...world }, task, STALE_MINUTES)).length,
    rate: { done: rate("done"), failed: rate("failed"), windowMinutes: STALE_MINUTES },
    updatedAt: tasks.length === 0 ? null : iso({ tasks, ...world, now: updatedAt * 1000 }),
  };
}

function remove(world: World, id: string): void {
  world.tasks = world.tasks.filter((task) => task.id !== id);
  for (const task of world.tasks) if (task.parent_task_id === id) task.parent_task_id = null;
}

/** Each takes what the verb takes, changes the world, and returns what the verb returns, or throws a Refusal. */
const VERBS: Record<string, (world: World, ...args: never[]) => unknown> = {
  seedTasks: seed,
  enqueueTask: (world, goal: string, { source = "enqueue_tool", ...fields }: TaskInput & SeedOptions) =>
    seed(world, [{ ...fields, goal }], { source })[0],
  claimTask(world, { workerId, taskId }: { workerId: string; taskId?: string }) {
    const task = taskId === undefined ? next(world) : find(world, taskId);
    return task?.status === "pending" ? take(world, task, workerId) : null;
  },
  claimTasks(world, { workerId, limit }: { workerId: string; limit: number }) {
    const claims: Task[] = [];
    for (let task; claims.length < limit && (task = next(world)) !== undefined; ) claims.push(take(world, task, workerId) as Task);
    return claims;
  },
  heartbeat: (world, claim: ClaimRef) => void renewed(world, claim),
  startTask(world, claim: ClaimRef) {
    const task = renewed(world, claim);
    task.status = "in_progress";
    task.started_at ??= sqlTime(world);
  },
  completeTask(world, claim: ClaimRef) {
    const task = renewed(world, claim);
    if (task.sop_items.some(isOpenGate)) throw new Refusal("SOP_OPEN");
    Object.assign(task, { status: "done", completed_at: sqlTime(world) });
  },
  failTask(world, claim: ClaimRef, { error, retry = false }: { error: string; retry?: boolean }) {
    const task = renewed(world, claim);
    Object.assign(task, retry && task.retry_count < task.max_retries
      ? { ...NO_CLAIM, status: "pending", retry_count: task.retry_count + 1, last_error: error }
      : { status: "failed", last_error: error, completed_at: sqlTime(world) });
    return task.status;
  },
  releaseTask: (world, claim: ClaimRef) => void Object.assign(renewed(world, claim), { status: "pending", ...NO_CLAIM }),
  startStep: (world, claim: ClaimRef, seq: number) => setStep(world, claim, seq, "in_progress"),
  completeStep: (world, claim: ClaimRef, seq: number, { evidence }: { evidence: string }) => setStep(world, claim, seq, "done", evidence),
  failStep: (world, claim: ClaimRef, seq: number, { evidence }: { evidence?: string }) => setStep(world, claim, seq, "failed", evidence),
  skipStep: (world, claim: ClaimRef, seq: number) => setStep(world, claim, seq, "skipped"),
  checkOffSopItem(world, claim: ClaimRef, key: string, { note }: { note?: string }) {
    const task = renewed(world, claim);
    const item = task.sop_items.find((each) => each.key === key);
    if (item === undefined) throw new Refusal("NOT_FOUND");
    if (item.done_at === null) Object.assign(item, { done_at: sqlTime(world), done_by: task.worker_id, note: note ?? item.note });
  },
  reclaimStale: reclaim,
  getTask: find,
  listTasks: list,
  getProgress: progress,
  /** Raw SQL that writes and then fails: nothing of it stays. */
  throwing() {
    throw new Refusal(undefined);
  },
  /** Raw SQL that deletes a task. */
  deleting: remove,
  /** Ensured once more by somebody. */
  ensure: (world) => void reclaim(world),
  /** The worker protocol's own SQL, by the ordinary sqlite3. */
  nativeClaim(world, workerId: string) {
    const task = next(world);
    return task === undefined ? null : { id: task.id, claim_token: take(world, task, workerId).claim_token };
  },
  nativeDone(world, claim: ClaimRef) {
    const task = world.tasks.find(({ id, claim_token: token }) => id === claim.id && token === claim.claim_token);
    if (task === undefined || !isLive(task)) return;
    if (world.enforcesGates && task.sop_items.some(isOpenGate)) throw new Refusal("SOP_OPEN");
    Object.assign(task, { status: "done", completed_at: sqlTime(world), updated_at: sqlTime(world) });
  },
};

/** What the verb returns or how it refuses; a refusal leaves the world as it was. */
export function apply(world: World, verb: string, args: readonly unknown[]): { world: World; value: unknown } {
  const after = structuredClone(world);
  try {
    const value = VERBS[verb]!(after, ...(args as never[]));
    return { world: after, value: structuredClone(value) };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return { world, value: refusal };
  }
}
