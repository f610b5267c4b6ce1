import { asOf } from "../page/session.ts";
import { staleMinutes } from "../page/settings.ts";
import type { TaskSummary } from "../shared/protocol.ts";
import { parseTime } from "../shared/time.ts";
import { Ago, Meter } from "./bits.tsx";
import type { Column } from "./grid.tsx";
import { Icon } from "./icons.tsx";
import { Status } from "./status.tsx";

/** The task table's columns, in order. */

export interface TaskColumn extends Column<TaskSummary> {
  /** Shown unless the person chose others; from this width of the table on. */
  from?: number;
}

export function isStale(task: TaskSummary): boolean {
  const claimed = parseTime(task.claimed_at);
  return (task.status === "claimed" || task.status === "in_progress") && claimed !== undefined && claimed < asOf.value - staleMinutes.value * 60_000;
}

export const TASK_COLUMNS: readonly TaskColumn[] = [
  {
    key: "status", title: "Status", sort: "status", width: 126, from: 0,
    cell: (task) => <span class="line nowrap"><Status status={task.status} />{isStale(task) ? <span class="s-failed" title="stale: no sign of life"><Icon name="warning" size={13} /><span class="visually-hidden">stale</span></span> : null}</span>,
  },
  { key: "priority", title: "Priority", sort: "priority", width: 80, isNumber: true, from: 900, cell: ({ priority }) => String(priority) },
  { key: "seq", title: "Seq", sort: "seq", width: 64, isNumber: true, cell: ({ seq }) => (seq === null ? "–" : String(seq)) },
  { key: "goal", title: "Goal", sort: "goal", from: 0, cell: ({ goal }) => <bdi title={goal}>{goal}</bdi> },
  { key: "worker", title: "Worker", sort: "worker", width: 112, from: 640, cell: ({ worker_id: worker }) => (worker === null ? <span class="muted">–</span> : <bdi title={worker}>{worker}</bdi>) },
  { key: "steps", title: "Steps", width: 92, from: 720, cell: ({ steps, steps_done: done }) => <Meter done={done} total={steps} what="steps" /> },
  {
    key: "gates", title: "Gates", width: 92, from: 800,
    cell: ({ gates, gates_done: done, gates_open_required: open, status }) => (
      <span class="line nowrap"><Meter done={done} total={gates} what="gates" />{status === "done" && open > 0 ? <span class="s-failed" title="done with a required gate open"><Icon name="warning" size={13} /></span> : null}</span>
    ),
  },
  { key: "retries", title: "Retries", sort: "retries", width: 76, isNumber: true, from: 1000, cell: ({ retry_count: spent, max_retries: most }) => <span class={spent >= most && spent > 0 ? "s-failed" : spent === 0 ? "muted" : undefined}>{String(spent)}/{String(most)}</span> },
  { key: "updated", title: "Updated", sort: "updated", width: 108, from: 520, cell: ({ updated_at: time }) => <Ago time={time} /> },
  { key: "created", title: "Created", sort: "created", width: 108, cell: ({ created_at: time }) => <Ago time={time} /> },
  { key: "claimed", title: "Last sign", sort: "claimed", width: 108, cell: ({ claimed_at: time }) => <Ago time={time} /> },
  { key: "completed", title: "Completed", sort: "completed", width: 108, cell: ({ completed_at: time }) => <Ago time={time} /> },
  { key: "error", title: "Last error", width: 260, cell: ({ last_error: error }) => (error === null ? <span class="muted">–</span> : <bdi title={error}>{error}</bdi>) },
  { key: "source", title: "Source", sort: "source", width: 110, cell: ({ source }) => source ?? <span class="muted">–</span> },
  { key: "id", title: "Id", width: 110, cell: ({ id }) => <code title={id}>{id}</code> },
];

export function columnsFor(width: number, chosen: readonly string[]): readonly TaskColumn[] {
  if (chosen.length > 0) return TASK_COLUMNS.filter(({ key }) => chosen.includes(key));
  return TASK_COLUMNS.filter(({ from }) => from !== undefined && width >= from);
}
