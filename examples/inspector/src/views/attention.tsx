import type { ComponentChildren, JSX } from "preact";
import { useRemote, type Remote } from "../page/remote.ts";
import { linkTo } from "../page/router.ts";
import { asOf } from "../page/session.ts";
import { staleMinutes } from "../page/settings.ts";
import type { RelatedTask, Some } from "../shared/protocol.ts";
import { number, plural } from "../shared/words.ts";
import { Card, Loaded } from "../ui/bits.tsx";
import { Icon } from "../ui/icons.tsx";
import { StatusMark } from "../ui/status.tsx";

/** What an operator should look at first: stale claims, failures, gates left open, retries spent. Each is shown as soon as it is known. */
export function AttentionList({ failed }: { failed: number }): JSX.Element {
  const remote = useRemote("attention", [staleMinutes.value, asOf.value]);
  const gates = useRemote("doneWithOpenGate", []);
  return (
    <Card title="Needs attention">
      <Loaded remote={remote}>{({ stale, spent }) => {
        if (stale.count + failed + spent.count === 0 && gates.data?.count === 0) {
          return <p class="line"><StatusMark status="done" /> Nothing: no stale claims, no failures, no gates left open, no retries spent.</p>;
        }
        return (
          <ul class="list attention">
            <Remark some={stale} filter="is:stale" text={`${plural(stale.count, "stale claim")}: no sign of life for ${staleMinutes.value} minutes`} />
            {failed === 0 ? null : <Failed count={failed} isNext={!gates.isLoading} />}
            {gates.data === undefined ? <li class="muted"><Reading remote={gates} what="gates" /></li>
              : <Remark some={gates.data} filter="status:done is:open-gates" text={`${plural(gates.data.count, "task")} done with a required gate open`} />}
            <Remark some={spent} filter="status:pending is:exhausted" text={`${plural(spent.count, "pending task")} with all retries spent: the next stale claim fails ${spent.count === 1 ? "it" : "them"}`} />
          </ul>
        );
      }}</Loaded>
    </Card>
  );
}

function Reading({ remote: { failure }, what }: { remote: Remote<unknown>; what: string }): JSX.Element {
  return <span aria-busy={failure === undefined}>{failure === undefined ? `Reading the ${what}…` : `The ${what} could not be read: ${failure.message}`}</span>;
}

/** Kinds of error named here; Failures has all. */
const KINDS = 3;

/** Their errors are read when it is their turn: they take the worker a while, in which it answers nobody. */
function Failed({ count: all, isNext }: { count: number; isNext: boolean }): JSX.Element {
  const kinds = useRemote("failures", isNext ? [] : null);
  const groups = kinds.data ?? [];
  return (
    <li>
      <StatusMark status="failed" />
      <div class="what stack">
        <a class="plain" href={linkTo("failures")}><b>{plural(all, "failed task")}</b>{groups.length > 1 ? `, ${number(groups.length)} kinds of error` : ""}</a>
        {kinds.data === undefined ? <span class="muted"><Reading remote={kinds} what="errors" /></span> : null}
        <ul>{groups.slice(0, KINDS).map(({ signature, count }) => (
          <li key={signature}><a class="plain line" href={linkTo("failures", undefined, { s: signature })}><span class="muted">{number(count)}×</span> <bdi class="cut grow">{signature}</bdi></a></li>
        ))}</ul>
      </div>
    </li>
  );
}

function Remark({ some, filter, text }: { some: Some; filter: string; text: ComponentChildren }): JSX.Element | null {
  if (some.count === 0) return null;
  return (
    <li>
      <span class="s-failed"><Icon name="warning" size={14} /></span>
      <div class="what stack">
        <a class="plain" href={linkTo("tasks", undefined, { q: filter })}><b>{text}</b></a>
        <ul>{some.tasks.map((task: RelatedTask) => (
          <li key={task.id}><a class="plain line" href={linkTo("task", task.id, { q: filter })}><StatusMark status={task.status} /><bdi class="cut grow">{task.goal}</bdi></a></li>
        ))}</ul>
      </div>
    </li>
  );
}
