import type { SopItemRow, StepRow } from "hive-progress-db/browser";
import type { JSX } from "preact";
import { linkTo } from "../page/router.ts";
import { duration, parseTime } from "../shared/time.ts";
import { number, statusWord } from "../shared/words.ts";
import { Ago } from "../ui/bits.tsx";
import { LongText } from "../ui/long-text.tsx";
import { StatusMark } from "../ui/status.tsx";

/** A task's steps with their evidence, and its gates. */

export function Steps({ steps, clipped }: { steps: readonly StepRow[]; clipped: Record<string, number> }): JSX.Element {
  if (steps.length === 0) return <p class="muted">No steps</p>;
  return (
    <ol class="steps">
      {steps.slice(0, PARTS_SHOWN).map((step) => (
        <li key={step.id}>
          <StatusMark status={step.status} />
          <span><span class="muted">{String(step.seq)}.</span> <bdi>{step.title}</bdi></span>
          <span class="muted nowrap">{statusWord(step.status)}{span(step.started_at, step.completed_at)}</span>
          {step.detail === null || step.detail === "" ? null : <LongText class="more" id={step.id} table="steps" column="detail" text={step.detail} length={clipped[`steps/${step.id}/detail`]} />}
          {step.evidence === null || step.evidence === "" ? null : <div class="more"><LongText class={step.status === "failed" ? "evidence of-failed" : "evidence"} id={step.id} table="steps" column="evidence" text={step.evidence} length={clipped[`steps/${step.id}/evidence`]} /></div>}
          {step.started_at === null && step.completed_at === null ? null : (
            <span class="more">{step.worker_id === null ? null : <><a href={linkTo("worker", step.worker_id)}><bdi>{step.worker_id}</bdi></a>, </>}<Ago time={step.completed_at ?? step.started_at} /></span>
          )}
        </li>
      ))}
      <Cut count={steps.length} />
    </ol>
  );
}

/** Steps and gates shown of one task. */
const PARTS_SHOWN = 300;

function Cut({ count }: { count: number }): JSX.Element | null {
  return count <= PARTS_SHOWN ? null : <li><span /><span class="muted">The first {PARTS_SHOWN} of {number(count)}: SQL has the rest.</span></li>;
}

function span(from: string | null, to: string | null): string {
  const start = parseTime(from);
  const end = parseTime(to);
  return start === undefined || end === undefined ? "" : ` in ${duration(end - start)}`;
}

export function Gates({ gates, status, clipped }: { gates: readonly SopItemRow[]; status: string; clipped: Record<string, number> }): JSX.Element {
  if (gates.length === 0) return <p class="muted">No gates</p>;
  return (
    <ul class="gates">
      {gates.slice(0, PARTS_SHOWN).map((gate) => {
        const isDone = gate.done_at !== null;
        const isRequired = gate.required !== 0;
        return (
          <li key={gate.id}>
            <StatusMark status={isDone ? "done" : "pending"} />
            <LongText class="" id={gate.id} table="sop_checklist" column="description" text={gate.description} length={clipped[`sop_checklist/${gate.id}/description`]} />
            <span class="row tight">
              {isDone || !isRequired ? null : status === "done" ? <span class="badge error">open, yet done</span> : <span class="badge warning">blocks done</span>}
              <span class="muted nowrap">{isRequired ? "required" : "optional"}</span>
            </span>
            <span class="more"><code>{gate.key}</code>{isDone ? <> · checked off {gate.done_by === null ? null : <>by <bdi>{gate.done_by}</bdi> </>}<Ago time={gate.done_at} /></> : " · open"}</span>
            {gate.note === null || gate.note === "" ? null : <LongText class="more" id={gate.id} table="sop_checklist" column="note" text={gate.note} length={clipped[`sop_checklist/${gate.id}/note`]} />}
          </li>
        );
      })}
      <Cut count={gates.length} />
    </ul>
  );
}
