import type { Sql } from "../sqlite/sql.ts";
import type { TaskRow, TaskStatus } from "../types.ts";
import { noTask } from "./task.ts";

/** A task in the tree of `parent_task_id`; `goal` is cut to 200 characters. */
export interface TreeNode extends Pick<TaskRow, "id" | "parent_task_id" | "goal" | "status" | "priority" | "worker_id"> {
  /** 0 for those the tree begins with. */
  depth: number;
  /** Direct children. */
  children: number;
  /** The task and all below it, by status; a status of none of them is left out. */
  rollUp: Partial<Record<TaskStatus, number>>;
  /** The number of tasks in `rollUp`. */
  total: number;
  /** The parent is not in the ledger, or the task is its own ancestor: it is shown as a root. */
  problem: "missing_parent" | "cycle" | null;
}

export interface TreeOptions {
  /** The task to begin with. Default: all that have no parent. */
  id?: string | undefined;
  /** How many levels below the first are shown. Default: all. */
  depth?: number | undefined;
  /** Nodes given at most. Default 1000. */
  limit?: number | undefined;
}

export interface Tree {
  /** Each parent before its children, in the order of creation. */
  nodes: TreeNode[];
  /** There are more than `limit`. */
  isCut: boolean;
}

interface Family {
  status: Map<string, TaskStatus>;
  childrenOf: Map<string, string[]>;
  parentOf: Map<string, string>;
}

interface Seat {
  id: string;
  depth: number;
  problem: TreeNode["problem"];
}

/** Tasks below one another, each with a count of what is below it. Throws NOT_FOUND. */
export function getTree(sql: Sql, { id, depth = Infinity, limit = 1000 }: TreeOptions): Tree {
  const family = readFamily(sql);
  if (id !== undefined && sql.get("SELECT 1 FROM tasks WHERE id = ?", [id]) === undefined) throw noTask(id);
  const roots = id === undefined ? findRoots(sql, family, limit + 1) : [{ id, depth: 0, problem: null }];
  const seats = seat(family, roots, depth, limit + 1);
  const shown = seats.slice(0, limit);
  const rows = new Map(sql.all<Omit<TreeNode, "depth" | "children" | "rollUp" | "total" | "problem">>(
    `SELECT id, parent_task_id, substr(goal, 1, 200) AS goal, status, priority, worker_id FROM tasks
     WHERE id IN (SELECT value FROM json_each(?))`, [JSON.stringify(shown.map((each) => each.id))],
  ).map((row) => [row.id, row]));
  const rollUpOf = rollUps(family, shown.map((each) => each.id));
  return {
    isCut: seats.length > limit,
    nodes: shown.map((each) => {
      const row = rows.get(each.id)!;
      const rollUp = rollUpOf(each.id) ?? { [row.status]: 1 };
      const total = Object.values(rollUp).reduce((sum, count) => sum + count, 0);
      return { ...row, depth: each.depth, children: family.childrenOf.get(each.id)?.length ?? 0, rollUp, total, problem: each.problem };
    }),
  };
}

/** Only those who have a parent: the many who have none need no memory. */
function readFamily(sql: Sql): Family {
  const family: Family = { status: new Map(), childrenOf: new Map(), parentOf: new Map() };
  const rows = sql.all<{ id: string; parent: string; status: TaskStatus }>(
    "SELECT id, parent_task_id AS parent, status FROM tasks WHERE parent_task_id IS NOT NULL ORDER BY rowid",
  );
  for (const { id, parent, status } of rows) {
    family.status.set(id, status);
    family.parentOf.set(id, parent);
    const siblings = family.childrenOf.get(parent);
    if (siblings === undefined) family.childrenOf.set(parent, [id]);
    else siblings.push(id);
  }
  const topmost = [...family.childrenOf.keys()].filter((id) => !family.status.has(id));
  for (const { id, status } of sql.all<{ id: string; status: TaskStatus }>(
    "SELECT id, status FROM tasks WHERE id IN (SELECT value FROM json_each(?))", [JSON.stringify(topmost)],
  )) family.status.set(id, status);
  return family;
}

/** Tasks without a parent, then those whose parent is missing, then one of each cycle. */
function findRoots(sql: Sql, { status, childrenOf, parentOf }: Family, limit: number): Seat[] {
  const root = (problem: TreeNode["problem"]) => (id: string): Seat => ({ id, depth: 0, problem });
  const free = sql.all<{ id: string }>("SELECT id FROM tasks WHERE parent_task_id IS NULL ORDER BY rowid LIMIT ?", [limit]);
  const lost = [...parentOf].filter(([, parent]) => !status.has(parent)).map(([id]) => id);
  const reached = new Set<string>();
  const reach = (from: string[]): void => {
    for (let id; (id = from.pop()) !== undefined; ) {
      if (reached.has(id)) continue;
      reached.add(id);
      for (const child of childrenOf.get(id) ?? []) from.push(child);
    }
  };
  reach([...childrenOf.keys()].filter((id) => !parentOf.has(id)));
  reach([...lost]);
  const circling: string[] = [];
  for (const id of parentOf.keys()) {
    if (reached.has(id)) continue;
    const first = onCycle(id, parentOf);
    circling.push(first);
    reach([first]);
  }
  return [...free.map(({ id }) => id).map(root(null)), ...lost.map(root("missing_parent")), ...circling.map(root("cycle"))];
}

/** Going up from a task that no root reaches, the first one met twice. */
function onCycle(id: string, parentOf: ReadonlyMap<string, string>): string {
  const met = new Set<string>();
  let at = id;
  while (!met.has(at)) {
    met.add(at);
    at = parentOf.get(at)!;
  }
  return at;
}

/** Depth first, by a stack of our own: a chain of parents may be longer than JavaScript's. */
function seat({ childrenOf }: Family, roots: readonly Seat[], deepest: number, limit: number): Seat[] {
  const seats: Seat[] = [];
  const taken = new Set<string>();
  const stack = roots.toReversed();
  for (let next; seats.length < limit && (next = stack.pop()) !== undefined; ) {
    if (taken.has(next.id)) continue;
    taken.add(next.id);
    seats.push(next);
    if (next.depth >= deepest) continue;
    for (const id of (childrenOf.get(next.id) ?? []).toReversed()) stack.push({ id, depth: next.depth + 1, problem: null });
  }
  return seats;
}

/** Counts below each task that has children, each counted once; a task of a cycle counts where it is first met. */
function rollUps({ childrenOf, status }: Family, ids: readonly string[]): (id: string) => TreeNode["rollUp"] | undefined {
  const done = new Map<string, TreeNode["rollUp"]>();
  const begun = new Set<string>();
  for (const from of ids) {
    const stack = childrenOf.has(from) ? [from] : [];
    for (let id; (id = stack.at(-1)) !== undefined; ) {
      const children = childrenOf.get(id) ?? [];
      if (!begun.has(id)) {
        begun.add(id);
        for (const child of children) if (!begun.has(child)) stack.push(child);
        continue;
      }
      stack.pop();
      if (done.has(id)) continue;
      const sum: TreeNode["rollUp"] = { [status.get(id) ?? "pending"]: 1 };
      for (const child of children) {
        for (const [key, count] of Object.entries(done.get(child) ?? {})) sum[key as TaskStatus] = (sum[key as TaskStatus] ?? 0) + count;
      }
      done.set(id, sum);
    }
  }
  return (id) => done.get(id);
}
