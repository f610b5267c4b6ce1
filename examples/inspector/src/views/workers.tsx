import type { WorkerSummary } from "hive-progress-db/browser";
import type { JSX } from "preact";
import { LanesChart } from "../charts/lanes.tsx";
import { useViewKeys } from "../page/keys.ts";
import { useRemote } from "../page/remote.ts";
import { go, linkTo, route } from "../page/router.ts";
import { asOf } from "../page/session.ts";
import { rangeMinutes, staleMinutes } from "../page/settings.ts";
import { quoted } from "../shared/filter.ts";
import { duration } from "../shared/time.ts";
import { number, plural } from "../shared/words.ts";
import { Ago, Card, Loaded } from "../ui/bits.tsx";
import { StatusMark } from "../ui/status.tsx";
import { RangePicker } from "./range-picker.tsx";

/** Workers listed; the rest is counted. */
const SHOWN = 500;

/** Who works on what, since when, and how it went so far. */
export function WorkersView(): JSX.Element {
  const { view, id } = route.value;
  const worker = view === "worker" ? id : undefined;
  const workers = useRemote("workers", [asOf.value]);
  useViewKeys({ close: () => worker !== undefined && go(linkTo("workers")) });
  return (
    <div class="view">
      <div class="view-head">
        <h1>{worker === undefined ? "Workers" : <bdi>{worker}</bdi>}</h1>
        {worker === undefined ? null : <div class="row tight"><a class="button" href={linkTo("tasks", undefined, { q: `worker:${quoted(worker)}` })}>Its tasks</a><a class="button" href={linkTo("workers")}>All workers</a></div>}
      </div>
      <WorkerLanes worker={worker ?? null} />
      <Loaded remote={workers}>{(all) => {
        const shown = worker === undefined ? all : all.filter(({ workerId }) => workerId === worker);
        if (shown.length === 0) return <p class="card empty">{worker === undefined ? "No worker has claimed a task yet." : "No task or step names this worker."}</p>;
        const sorted = shown.toSorted((a, b) => Number(isStale(b)) - Number(isStale(a)) || b.inHand - a.inHand || (b.lastSeen ?? "").localeCompare(a.lastSeen ?? ""));
        return (
          <>
            <ul class="cards">{sorted.slice(0, SHOWN).map((each) => <Worker key={each.workerId} worker={each} />)}</ul>
            {sorted.length > SHOWN ? <p class="muted">The first {SHOWN} of {number(sorted.length)} workers.</p> : null}
          </>
        );
      }}</Loaded>
    </div>
  );
}

function isStale({ tasks }: WorkerSummary): boolean {
  return tasks.some(({ secondsSinceHeartbeat: seconds }) => seconds !== null && seconds > staleMinutes.value * 60);
}

function WorkerLanes({ worker }: { worker: string | null }): JSX.Element {
  const lanes = useRemote("lanes", [rangeMinutes.value, worker, asOf.value]);
  return (
    <Card title="Who held what when" actions={<RangePicker />}>
      <Loaded remote={lanes}>{(data) => (data.spans.length === 0 ? <p class="muted">Nobody held a task in this time.</p> : <LanesChart lanes={data} />)}</Loaded>
    </Card>
  );
}

function Worker({ worker }: { worker: WorkerSummary }): JSX.Element {
  const { workerId, inHand, tasks, done, failed, lastSeen, medianSeconds } = worker;
  return (
    <li class="card">
      <div class="row spread">
        <h2><a class="plain" href={linkTo("worker", workerId)}><bdi>{workerId}</bdi></a></h2>
        {isStale(worker) ? <span class="badge error">stale</span> : inHand > 0 ? <span class="badge">at work</span> : <span class="badge">idle</span>}
      </div>
      <dl class="times">
        <div><dt>Last seen</dt><dd><Ago time={lastSeen} /></dd></div>
        <div><dt>Done</dt><dd>{number(done)}</dd></div>
        <div><dt>Failed</dt><dd class={failed > 0 ? "s-failed" : undefined}>{number(failed)}</dd></div>
        <div><dt>Median</dt><dd>{medianSeconds === null ? "–" : duration(medianSeconds * 1000)}</dd></div>
      </dl>
      {inHand === 0 ? null : (
        <ul class="list">
          {tasks.slice(0, 5).map((task) => (
            <li key={task.id}>
              <a class="plain line what" href={linkTo("task", task.id, { q: `worker:${quoted(workerId)}` })}><StatusMark status={task.status} /><span class="visually-hidden">{task.status}</span><bdi class="cut grow">{task.goal}</bdi></a>
              <span class="muted nowrap">{task.secondsSinceHeartbeat === null ? "" : `silent ${duration(task.secondsSinceHeartbeat * 1000)}`}</span>
            </li>
          ))}
          {inHand > 5 ? <li><a href={linkTo("tasks", undefined, { q: `worker:${quoted(workerId)} status:claimed,in_progress` })}>{plural(inHand, "task")} in hand</a></li> : null}
        </ul>
      )}
    </li>
  );
}
