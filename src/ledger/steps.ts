import { sqlTime, type Clock } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { ClaimRef, StepRow, StepStatus } from "../types.ts";
import { renew } from "./claim.ts";

/** A step by its id, or by its seq within the task. */
export type StepRef = string | number;

/** Sets a step's status. A step that is done or skipped stays so. */
export function setStep(
  sql: Sql, clock: Clock, claim: ClaimRef, ref: StepRef, status: Exclude<StepStatus, "pending">, evidence: string | undefined,
): void {
  const workerId = renew(sql, clock, claim);
  const step = findStep(sql, claim, ref);
  if (step.status === "done" || step.status === "skipped") {
    throw new ProgressDbError("INVALID_INPUT", `step ${step.seq} of task ${claim.id} is ${step.status} already`, {
      hint: "go on with the next step that is not",
      details: { id: claim.id, step: step.seq, status: step.status },
    });
  }
  const now = sqlTime(clock);
  if (status === "in_progress") {
    sql.run("UPDATE steps SET status = ?, worker_id = ?, started_at = ?, completed_at = NULL WHERE id = ?", [status, workerId, now, step.id]);
  } else {
    sql.run(
      "UPDATE steps SET status = ?, worker_id = ?, evidence = COALESCE(?, evidence), completed_at = ? WHERE id = ?",
      [status, workerId, evidence ?? null, now, step.id],
    );
  }
}

function findStep(sql: Sql, claim: ClaimRef, ref: StepRef): Pick<StepRow, "id" | "seq" | "status"> {
  const column = typeof ref === "number" ? "seq" : "id";
  const step = sql.get<Pick<StepRow, "id" | "seq" | "status">>(
    `SELECT id, seq, status FROM steps WHERE task_id = ? AND ${column} = ?`, [claim.id, ref],
  );
  if (step !== undefined) return step;
  const known = sql.all<{ seq: number }>("SELECT seq FROM steps WHERE task_id = ? ORDER BY seq", [claim.id]);
  throw new ProgressDbError("NOT_FOUND", `task ${claim.id} has no step ${ref}`, {
    hint: known.length === 0 ? "the task has no steps" : `its steps are ${known.map((each) => each.seq).join(", ")}`,
    details: { id: claim.id, step: ref },
  });
}
