import type { HealthCheck } from "hive-progress-db/browser";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../page/announce.ts";
import type { WorkerFailure } from "../page/client.ts";
import { useRemote } from "../page/remote.ts";
import { linkTo } from "../page/router.ts";
import { asOf, client } from "../page/session.ts";
import { staleMinutes } from "../page/settings.ts";
import { number, plural } from "../shared/words.ts";
import { Card, FailureNote, Loaded } from "../ui/bits.tsx";
import { Icon } from "../ui/icons.tsx";
import { StatusMark } from "../ui/status.tsx";
import { SidecarBanner } from "./sidecar-banner.tsx";

/** Filters that list what a rule found, where the filter language has one. */
const FILTERS: Record<string, string> = {
  stale_claims: "is:stale",
  in_hand_without_worker: "worker:none status:claimed,in_progress",
  done_with_open_gates: "status:done is:open-gates",
  failed_without_error: "status:failed error:none",
  missing_parent: "is:orphan",
};
const SEVERITIES = ["error", "warning", "info"] as const;

/** The same rules as `colony doctor`. */
export function HealthView(): JSX.Element {
  const health = useRemote("health", [staleMinutes.value, asOf.value]);
  return (
    <div class="view">
      <div class="view-head">
        <h1>Health</h1>
        <label class="row tight">A claim is stale after <input type="number" class="short" min={1} max={10_080} value={staleMinutes.value} onChange={(event) => {
          const minutes = Math.round(Number(event.currentTarget.value));
          if (minutes >= 1) staleMinutes.value = Math.min(minutes, 10_080);
        }} /> minutes</label>
      </div>
      <SidecarBanner />
      <Loaded remote={health}>{(checks) => {
        const found = checks.filter(({ count }) => count > 0).toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
        const clean = checks.filter(({ count }) => count === 0);
        return (
          <>
            {found.length === 0 ? <p class="card row"><StatusMark status="done" /> All {checks.length} checks found nothing.</p> : <ul class="stack">{found.map((check) => <Found key={check.id} check={check} />)}</ul>}
            {clean.length === 0 || found.length === 0 ? null : (
              <details class="card"><summary>{plural(clean.length, "check")} found nothing</summary><ul class="list">{clean.map(({ id, what }) => <li key={id}><StatusMark status="done" /><span>{what}</span></li>)}</ul></details>
            )}
          </>
        );
      }}</Loaded>
      <Integrity />
    </div>
  );
}

function Found({ check: { id, severity, what, fix, of, count, ids } }: { check: HealthCheck }): JSX.Element {
  const filter = FILTERS[id];
  return (
    <li class="card">
      <div class="row nowrap-start">
        <span class={`badge ${severity === "info" ? "" : severity}`}>{severity === "info" ? null : <Icon name="warning" size={13} />}{severity}</span>
        <div class="grow stack">
          <h2>{number(count)}× {what}</h2>
          <p class="muted">{/^colony [\w -]+(?:<id>)?$/.test(fix) ? <code>{fix}</code> : fix}</p>
          <div class="row tight">
            {of === "tasks" ? ids.slice(0, 5).map((task) => <a key={task} class="chip mono" href={linkTo("task", task, { q: filter })}><bdi class="cut">{task.length > 24 ? `${task.slice(0, 24)}…` : task}</bdi></a>)
              : ids.slice(0, 5).map((text) => <code key={text}>{text}</code>)}
            {filter !== undefined ? <a href={linkTo("tasks", undefined, { q: filter })}>all {number(count)}</a> : count > 5 ? <span class="muted">and {number(count - 5)} more</span> : null}
          </div>
        </div>
      </div>
    </li>
  );
}

/** SQLite's own check of the file: it reads all of it, so it is run on demand. */
function Integrity(): JSX.Element {
  const [state, setState] = useState<{ isRunning: boolean; messages?: string[]; ms?: number; failure?: WorkerFailure }>({ isRunning: false });
  const check = async (isFull: boolean): Promise<void> => {
    setState({ isRunning: true });
    try {
      const found = await client.call("integrity", isFull);
      setState({ isRunning: false, ...found });
      announce(`SQLite says: ${found.messages[0] ?? "nothing"}`);
    } catch (failure) {
      setState({ isRunning: false, failure: failure as WorkerFailure });
    }
  };
  const isFine = state.messages?.length === 1 && state.messages[0] === "ok";
  return (
    <Card title="The file" actions={<><button type="button" disabled={state.isRunning} onClick={() => void check(false)}>Quick check</button><button type="button" disabled={state.isRunning} onClick={() => void check(true)}>Full check</button></>}>
      {state.failure !== undefined ? <FailureNote failure={state.failure} /> : state.isRunning ? <p>SQLite reads the file…</p>
        : state.messages === undefined ? <p class="muted">SQLite can check the whole file: the quick check its pages, the full one its indexes too.</p>
        : isFine ? <p class="line"><StatusMark status="done" /> SQLite finds nothing wrong ({number(Math.round(state.ms ?? 0))} ms)</p>
        : <div class="text-block error" tabIndex={0} role="group" aria-label="What SQLite found">{state.messages.join("\n")}</div>}
    </Card>
  );
}
