import type { Task, TaskRow } from "../../types.ts";
import { planLines } from "./plan.ts";
import { statusWord, type Style } from "./style.ts";
import { lines, oneLine } from "./text.ts";
import { ago, moment, span } from "./time.ts";

/** One task, for people. */

const LABEL = 10;

export function taskLines(task: TaskRow, style: Style): string[] {
  const fact = (label: string, text: string): string[] => (text === "" ? [] : [`${style("dim", label.padEnd(LABEL))}${text}`]);
  const time = (label: string, at: string | null): string[] =>
    fact(label, at === null ? "" : `${oneLine(moment(at))}  ${style("dim", `${oneLine(ago(at, span))} ago`)}`);
  const isInHand = task.status === "claimed" || task.status === "in_progress";
  return [
    `${statusWord(style, task.status)}  ${style("strong", oneLine(task.id))}`,
    ...lines(task.goal), "",
    ...fact("priority", `${task.priority}${task.seq === null ? "" : `  seq ${task.seq}`}`),
    ...fact("worker", oneLine(task.worker_id ?? "")),
    ...fact("retries", task.retry_count === 0 ? "" : `${task.retry_count} of ${task.max_retries}`),
    ...fact("parent", oneLine(task.parent_task_id ?? "")),
    ...fact("source", oneLine(task.source ?? "")),
    ...time("created", task.created_at),
    ...time(isInHand ? "heartbeat" : "claimed", task.claimed_at),
    ...time("started", task.started_at),
    ...time(task.status === "failed" ? "failed" : "completed", task.completed_at),
    ...block("Payload", task.payload, style),
    ...block(task.status === "failed" ? "Error" : "Last error", task.last_error, style),
  ];
}

export function wholeTask(task: Task, style: Style): string[] {
  return [...taskLines(task, style), ...planLines(task, style)];
}

function block(title: string, text: string | null, style: Style): string[] {
  return text === null || text === "" ? [] : ["", style("strong", title), ...lines(text).map((line) => `  ${line}`)];
}
