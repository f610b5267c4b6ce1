import { CHILDREN_SHOWN, CLIP, type Clipped, type RelatedTask, type TaskDetail, type Value } from "../shared/protocol.ts";
import { identifier, type Database } from "./database.ts";

/** One task with all that belongs to it. Long texts are cut here, so that the page never has to hold them. */

export async function taskDetail(db: Database, id: string): Promise<TaskDetail> {
  const [raw] = await db.all<Record<string, Value>>("SELECT * FROM tasks WHERE id = ?", [id]);
  if (raw === undefined) {
    throw Object.assign(new Error(`there is no task ${id} in this database`), { code: "NOT_FOUND", hint: "it may be another colony's: open that one" });
  }
  const clipped: Record<string, number> = {};
  clip(raw, clipped);
  const steps = await db.all<Record<string, Value>>("SELECT * FROM steps WHERE task_id = ? ORDER BY seq", [id]);
  const gates = await db.all<Record<string, Value>>("SELECT * FROM sop_checklist WHERE task_id = ? ORDER BY required = 0, rowid", [id]);
  for (const [index, row] of [...steps, ...gates].entries()) clip(row, clipped, `${index < steps.length ? "steps" : "sop_checklist"}/${String(row["id"])}/`);
  const parentId = raw["parent_task_id"];
  return {
    task: raw as unknown as TaskDetail["task"],
    raw,
    clipped,
    steps: steps as unknown as TaskDetail["steps"],
    gates: gates as unknown as TaskDetail["gates"],
    parent: typeof parentId === "string" ? ((await related(db, "id = ?", parentId, 1))[0] ?? null) : null,
    children: await related(db, "parent_task_id = ?", id, CHILDREN_SHOWN),
    childCount: (await db.get<{ n: number }>("SELECT count(*) AS n FROM tasks WHERE parent_task_id = ?", [id]))?.n ?? 0,
  };
}

/** A part of a long text, counted as JavaScript counts: SQLite would count characters beyond the BMP as one. */
export async function longText(db: Database, table: string, column: string, id: string, from: number, length: number): Promise<Clipped> {
  const row = await db.get<{ text: Value }>(`SELECT ${identifier(column)} AS text FROM ${identifier(table)} WHERE id = ?`, [id]);
  const text = String(row?.text ?? "");
  return { text: text.slice(from, from + length), length: text.length };
}

function related(db: Database, condition: string, value: string, limit: number): Promise<RelatedTask[]> {
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

/** The ids of a task's ancestors, the topmost first. A cycle ends where it closes. */
export async function ancestors(db: Database, id: string): Promise<string[]> {
  const found: string[] = [];
  for (let at: string | null | undefined = id; at !== null && at !== undefined && !found.includes(at);) {
    found.unshift(at);
    const row: { parent: string | null } | undefined = await db.get("SELECT parent_task_id AS parent FROM tasks WHERE id = ?", [at]);
    at = row?.parent;
  }
  return found.slice(0, -1);
}
