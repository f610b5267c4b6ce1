import type { TaskRow } from "hive-progress-db/browser";
import type { JSX } from "preact";
import { asOf } from "../page/session.ts";
import { duration, parseTime } from "../shared/time.ts";
import { Ago } from "../ui/bits.tsx";

/** Created, claimed, started, completed: as a bar of the times between, and as words. */
export function TaskTimeline({ task }: { task: TaskRow }): JSX.Element {
  const isOpen = task.status === "claimed" || task.status === "in_progress";
  const created = parseTime(task.created_at);
  const started = parseTime(task.started_at);
  const claimed = parseTime(task.claimed_at);
  const completed = parseTime(task.completed_at);
  const taken = started ?? claimed;
  const end = completed ?? (isOpen || task.status === "pending" ? Math.max(asOf.value, created ?? 0) : undefined);
  const waited = created === undefined ? undefined : (taken ?? end ?? created) - created;
  const worked = taken === undefined || end === undefined ? undefined : end - taken;
  return (
    <div class="stack timeline">
      {waited === undefined || waited + (worked ?? 0) <= 0 ? null : (
        <div class="bar thin" aria-hidden="true">
          <span class="f-pending" style={{ flexGrow: Math.max(waited, 0), flexBasis: 0 }} />
          {worked === undefined || worked < 0 ? null : <span class={`f-${isOpen ? "in_progress" : task.status}`} style={{ flexGrow: worked, flexBasis: 0 }} />}
        </div>
      )}
      <dl class="times">
        <div><dt>Created</dt><dd><Ago time={task.created_at} /></dd></div>
        <div><dt>Waited</dt><dd>{waited === undefined ? "–" : duration(waited)}</dd></div>
        {started === undefined ? null : <div><dt>Started</dt><dd><Ago time={task.started_at} /></dd></div>}
        {claimed === undefined ? null : <div><dt>Last sign of life</dt><dd><Ago time={task.claimed_at} /></dd></div>}
        {completed === undefined ? null : <div><dt>Completed</dt><dd><Ago time={task.completed_at} /></dd></div>}
        {worked === undefined ? null : <div><dt>{isOpen ? "In hand for" : "Took"}</dt><dd>{duration(worked)}</dd></div>}
        <div><dt>Retries</dt><dd>{String(task.retry_count)} of {String(task.max_retries)}</dd></div>
        <div><dt>Priority</dt><dd>{String(task.priority)}</dd></div>
        {task.source === null ? null : <div><dt>Source</dt><dd>{task.source}</dd></div>}
      </dl>
    </div>
  );
}
