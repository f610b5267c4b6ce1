import { isDeepStrictEqual } from "node:util";
import type { TaskRow } from "hive-progress-db";
import type { Rows } from "./oracle.ts";

/** What must hold of the rows whatever was called, without asking the model. */

const isLive = ({ status }: TaskRow): boolean => status === "claimed" || status === "in_progress";
const hasEnded = ({ status }: TaskRow): boolean => status === "done" || status === "failed";
const seconds = (time: string): number => Date.parse(`${time.slice(0, 19).replace(" ", "T")}Z`);

/** Violations, as sentences. `cheated` names tasks that a native client completed with open gates. */
export function violations(before: Rows, after: Rows, cheated: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  const live = after.tasks.filter(isLive);
  check(new Set(live.map((task) => task.claim_token)).size === live.length, "two tasks have one token");
  for (const task of live) check(task.claim_token !== null && task.worker_id !== null && task.claimed_at !== null, `${task.id} is held by nobody`);
  for (const task of after.tasks) {
    check(task.status !== "pending" || (task.claim_token === null && task.worker_id === null), `${task.id} is pending and held`);
    check(task.retry_count <= task.max_retries, `${task.id} was tried too often`);
    check(hasEnded(task) === (task.completed_at !== null), `${task.id} is ${task.status}, completed at ${task.completed_at}`);
    const times = [task.created_at, task.claimed_at ?? task.created_at, task.updated_at].map(seconds);
    check(times[0]! <= times[1]! && times[1]! <= times[2]!, `${task.id} was claimed before it was made, or changed before that`);
    const gates = after.sop_checklist.filter((item) => item.task_id === task.id && item.required !== 0 && item.done_at === null);
    check(task.status !== "done" || gates.length === 0 || cheated.has(task.id), `${task.id} is done with open gates`);
  }

  const was = new Map(before.tasks.map((task) => [task.id, task]));
  for (const task of after.tasks) {
    const earlier = was.get(task.id);
    if (earlier === undefined || earlier.created_at !== task.created_at) continue; // New, or deleted and made again.
    const unparented = { ...earlier, parent_task_id: task.parent_task_id }; // Its parent may have been deleted.
    check(!hasEnded(earlier) || isDeepStrictEqual(unparented, task), `${task.id} had ended and changed`);
    check(task.retry_count >= earlier.retry_count, `${task.id} lost a retry`);
    check(seconds(task.updated_at) >= seconds(earlier.updated_at), `${task.id} was changed before its last change`);
  }
  const remains = new Set(after.tasks.filter((task) => was.get(task.id)?.created_at === task.created_at).map(({ id }) => id));
  const steps = new Map(after.steps.map((step) => [step.id, step]));
  for (const step of before.steps.filter(({ task_id: id }) => remains.has(id))) {
    const now = steps.get(step.id);
    check(now !== undefined, `step ${step.seq} of ${step.task_id} is gone`);
    if (step.status === "done" || step.status === "skipped") check(isDeepStrictEqual(step, now), `step ${step.seq} of ${step.task_id} was ${step.status} and changed`);
  }
  const items = new Map(after.sop_checklist.map((item) => [item.id, item]));
  for (const item of before.sop_checklist.filter(({ task_id: id, done_at: at }) => remains.has(id) && at !== null)) {
    check(isDeepStrictEqual(item, items.get(item.id)), `gate ${item.key} of ${item.task_id} was met and changed`);
  }
  return found;
}
