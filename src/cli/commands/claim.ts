import { monotonicMs } from "../../clock.ts";
import { ProgressDbError } from "../../errors.ts";
import type { ProgressDb } from "../../progress-db.ts";
import type { Claim } from "../../types.ts";
import type { Context } from "../context.ts";
import { openDatabase } from "../database.ts";
import { planLines } from "../output/plan.ts";
import { oneLine } from "../output/text.ts";
import { taskLines } from "../output/task.ts";
import { CliError } from "../usage.ts";
import { workerOf } from "../worker-id.ts";

/** How often a waiting claim looks at the file's change counter. */
const LOOK_MS = 200;

export async function run(context: Context): Promise<void> {
  const workerId = workerOf(context);
  const db = await context.open();
  const claim = await take(context, db, workerId);
  try {
    // Whoever was interrupted, or does not listen any more, has not got the task.
    context.signal.throwIfAborted();
    await print(context, claim);
  } catch (error) {
    // By a handle of its own: the interruption ends all that the first one would do.
    const undo = await openDatabase(context, { signal: undefined });
    try {
      await undo.releaseTask(claim);
    } finally {
      await undo.close();
    }
    throw error;
  }
}

async function take(context: Context, db: ProgressDb, workerId: string): Promise<Claim> {
  const wanted = context.text("id");
  const taskId = wanted === undefined ? undefined : await db.findTaskId(wanted);
  const deadline = monotonicMs() + (context.number("wait") ?? 0);
  const first = await db.claimTask({ workerId, taskId });
  if (first !== null) return first;
  if (deadline > monotonicMs()) {
    const patience = new AbortController(); // Not AbortSignal.timeout: Node 20 may forget one that only AbortSignal.any knows.
    const timer = setTimeout(() => patience.abort(), deadline - monotonicMs());
    const end = AbortSignal.any([context.signal, patience.signal]);
    // Looks at a counter in the file; the lock is taken only when somebody has written.
    for await (const { byStatus } of db.watch({ signal: end, intervalMs: LOOK_MS })) {
      const claim = byStatus.pending === 0 ? null : await db.claimTask({ workerId, taskId });
      if (claim !== null) {
        clearTimeout(timer);
        return claim;
      }
    }
    context.signal.throwIfAborted();
  }
  if (taskId === undefined) throw new CliError("NOTHING_TO_CLAIM", "there is nothing to claim", "the queue is drained: end the loop, or wait for more with --wait 60s");
  const { status, worker_id } = await db.getTask(taskId);
  throw new ProgressDbError("CLAIM_LOST", `task ${taskId} is not to be had: it is ${status}${worker_id === null ? "" : `, worker ${worker_id}`}`, {
    hint: "claim another", details: { id: taskId, status, workerId: worker_id },
  });
}

function print(context: Context, claim: Claim): Promise<void> {
  const { steps, sop_items, ...row } = claim;
  const hasPlan = context.is("with-plan");
  return context.print({
    name: "task", single: true, rows: [hasPlan ? { ...claim } : row], fields: ["id", "claim_token", "goal", "payload"],
    human: () => [
      ...taskLines(claim, context.style), "",
      `${context.style("dim", "token     ")}${oneLine(claim.claim_token)}`,
      ...(hasPlan ? planLines({ steps, sop_items }, context.style) : []),
    ],
  });
}
