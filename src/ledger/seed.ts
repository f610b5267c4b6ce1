import { isoTime, type Clock } from "../clock.ts";
import { orderedId, randomId } from "../ids.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { SeedOptions, TaskInput } from "../types.ts";
import { invalid } from "../errors.ts";
import { payloadText } from "./input.ts";

const INSERT_TASK = `
  INSERT INTO tasks (id, seq, priority, goal, payload, status, created_at, updated_at, max_retries, parent_task_id, source)
  VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?)`;
const INSERT_STEP = "INSERT INTO steps (id, task_id, seq, title, detail, status) VALUES (?, ?, ?, ?, ?, 'pending')";
const INSERT_SOP_ITEM = "INSERT INTO sop_checklist (id, task_id, key, description, required, note) VALUES (?, ?, ?, ?, ?, ?)";

/** The options with their defaults filled in. */
export type SeedRules = SeedOptions & { readonly [Key in "source" | "ifExists"]-?: NonNullable<SeedOptions[Key]> };

/** Tasks between two words of progress. */
const PROGRESS_EVERY = 1000;

/** A checked batch with its payloads as text, made before the lock is taken. */
export interface PreparedTasks {
  readonly tasks: readonly TaskInput[];
  readonly payloads: readonly (string | null)[];
}

export function prepareTasks(tasks: readonly TaskInput[]): PreparedTasks {
  return { tasks, payloads: tasks.map((task, index) => payloadText(task.payload, `task[${index}].payload`)) };
}

/** Inserts all tasks with their steps and SOP items; returns the ids in input order. */
export function seedTasks(sql: Sql, clock: Clock, prepared: PreparedTasks, options: SeedRules): string[] {
  const { tasks, payloads } = prepared;
  const now = isoTime(clock);
  const existing = new Set<string>();
  for (const [index, { id }] of tasks.entries()) {
    if (id == null || !taskExists(sql, id)) continue;
    if (options.ifExists === "error") throw invalid(`task[${index}].id`, `${id} is already in the database`);
    existing.add(id);
  }
  refuseUnknownParents(sql, tasks, existing);
  // A child may stand before its parent in the batch.
  if (tasks.some((task) => task.parent_task_id != null)) sql.run("PRAGMA defer_foreign_keys = ON");

  return tasks.map((task, index) => {
    if (index % PROGRESS_EVERY === 0) options.onProgress?.(index);
    const id = task.id ?? randomId();
    if (existing.has(id)) return id;
    sql.run(INSERT_TASK, [
      id, task.seq ?? null, task.priority ?? 0, task.goal, payloads[index] ?? null,
      now, now, task.max_retries ?? 3, task.parent_task_id ?? null, options.source,
    ]);
    for (const [at, step] of (task.steps ?? []).entries()) {
      sql.run(INSERT_STEP, [orderedId(), id, step.seq ?? at + 1, step.title, step.detail ?? null]);
    }
    for (const item of task.sop_items ?? []) {
      sql.run(INSERT_SOP_ITEM, [orderedId(), id, item.key, item.description, (item.required ?? true) ? 1 : 0, item.note ?? null]);
    }
    return id;
  });
}

function taskExists(sql: Sql, id: string): boolean {
  return sql.get("SELECT 1 FROM tasks WHERE id = ?", [id]) !== undefined;
}

function refuseUnknownParents(sql: Sql, tasks: readonly TaskInput[], existing: ReadonlySet<string>): void {
  const known = new Set(tasks.map((task) => task.id));
  for (const [index, { id, parent_task_id: parent }] of tasks.entries()) {
    if (parent == null || known.has(parent) || existing.has(id ?? "")) continue;
    if (!taskExists(sql, parent)) throw invalid(`task[${index}].parent_task_id`, `there is no task ${parent}`);
    known.add(parent);
  }
}
