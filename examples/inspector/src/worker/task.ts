import { CHILDREN_SHOWN, CLIP, type Clipped, type RelatedTask, type TaskDetail, type Value } from "../shared/protocol.ts";
import type { Database } from "./database.ts";

/** One task with all that belongs to it. Long texts are cut here, so that the page never has to hold them. */

export function taskDetail(db: Database, id: string): TaskDetail {
  const [raw] = db.all<Record<string, Value>>("SELECT * FROM tasks WHERE id = ?", [id]);
  if (raw === undefined) {
    throw Object.assign(new Error(`there is no task ${id} in this database`), { code: "NOT_FOUND", hint: "it may be another colony's: open that one" });
  }
  const clipped: Record<string, number> = {};
  clip(raw, clipped);
  const steps = db.all<Record<string, Value>>("SELECT * FROM steps WHERE task_id = ? ORDER BY seq", [id]);
  const gates = db.all<Record<string, Value>>("SELECT * FROM sop_checklist WHERE task_id = ? ORDER BY required = 0, rowid", [id]);
  for (const [index, row] of [...steps, ...gates].entries()) clip(row, clipped, `${index < steps.length ? "steps" : "sop_checklist"}/${String(row["id"])}/`);
  const parentId = raw["parent_task_id"];
  return {
    task: raw as unknown as TaskDetail["task"],
    raw,
    clipped,
    steps: steps as unknown as TaskDetail["steps"],
    gates: gates as unknown as TaskDetail["gates"],
    parent: typeof parentId === "string" ? (related(db, "id = ?", parentId, 1)[0] ?? null) : null,
    children: related(db, "parent_task_id = ?", id, CHILDREN_SHOWN),
    childCount: db.get<{ n: number }>("SELECT count(*) AS n FROM tasks WHERE parent_task_id = ?", [id])?.n ?? 0,
  };
}

/** A part of a long text. */
export function longText(db: Database, table: string, column: string, id: string, from: number, length: number): Clipped {
  const name = (text: string): string => `"${text.replaceAll("\"", "\"\"")}"`;
  const row = db.get<{ text: Value; length: number }>(
    `SELECT substr(${name(column)}, ?, ?) AS text, length(${name(column)}) AS length FROM ${name(table)} WHERE id = ?`,
    [from + 1, length, id],
  );
  return { text: String(row?.text ?? ""), length: row?.length ?? 0 };
}

function related(db: Database, condition: string, value: string, limit: number): RelatedTask[] {
  return db.all<RelatedTask>(
    `SELECT id, substr(goal, 1, 300) AS goal, status FROM tasks WHERE ${condition} ORDER BY seq, rowid LIMIT ?`, [value, limit],
  );
}

/** Cuts long texts in place, and notes how long they were. */
function clip(row: Record<string, Value>, clipped: Record<string, number>, prefix = ""): void {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value !== "string" || value.length <= CLIP) continue;
    clipped[prefix + column] = value.length;
    row[column] = value.slice(0, CLIP);
  }
}
