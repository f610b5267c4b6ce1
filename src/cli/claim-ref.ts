import { ProgressDbError } from "../errors.ts";
import type { ProgressDb } from "../progress-db.ts";
import type { ClaimRef } from "../types.ts";
import type { Context } from "./context.ts";
import { usage } from "./usage.ts";

/**
 * Which claim a worker means. Its token proves it; without one its worker's id
 * does, as long as the task is in that worker's hands. The ledger checks the token
 * again when it writes: what changed in between is CLAIM_LOST all the same.
 */
export async function claimRef(context: Context, db: ProgressDb, idOrPrefix: string): Promise<ClaimRef> {
  const id = await db.findTaskId(idOrPrefix);
  const token = context.text("token");
  if (token !== undefined && token !== "") return { id, claim_token: token };
  const worker = context.text("worker");
  if (worker === undefined || worker === "") {
    throw usage(`${context.spec.name} must know whose claim it is`, "give --token (claim prints it) or --worker ID, or set COLONY_TOKEN or COLONY_WORKER");
  }
  const task = await db.getTask(id);
  const isInHand = task.status === "claimed" || task.status === "in_progress";
  if (isInHand && task.worker_id === worker && task.claim_token !== null) return { id, claim_token: task.claim_token };
  const holder = isInHand && task.worker_id !== worker ? `, worker ${task.worker_id}` : "";
  throw new ProgressDbError("CLAIM_LOST", `task ${id} is not in the hands of ${worker}: it is ${task.status}${holder}`, {
    hint: "stop working on it, write nothing more about it, and claim the next task",
    details: { id, status: task.status, workerId: task.worker_id },
  });
}
