import type { JSX } from "preact";
import { StatusHistoryChart } from "../charts/status-history.tsx";
import { StepDurationsChart } from "../charts/step-durations.tsx";
import { ThroughputChart } from "../charts/throughput.tsx";
import { useRemote } from "../page/remote.ts";
import { linkTo } from "../page/router.ts";
import { asOf } from "../page/session.ts";
import { rangeMinutes } from "../page/settings.ts";
import { STATUSES } from "../shared/filter.ts";
import { duration } from "../shared/time.ts";
import { number, percent, statusWord } from "../shared/words.ts";
import { Card, Loaded, StatusBar } from "../ui/bits.tsx";
import { StatusMark } from "../ui/status.tsx";
import { AttentionList } from "./attention.tsx";
import { Facts } from "./facts.tsx";
import { RangePicker } from "./range-picker.tsx";
import { SidecarBanner } from "./sidecar-banner.tsx";

/** How far, how fast, and what to look at first. Each part is shown as soon as it is known. */
export function OverviewView(): JSX.Element {
  const counts = useRemote("counts", []);
  return (
    <div class="view">
      <SidecarBanner />
      <Loaded remote={counts}>{({ total, byStatus }) => (
        <>
          <section class="card" aria-label="Progress">
            <div class="row spread">
              <h1><span class="figure-number">{percent(byStatus["done"] ?? 0, total)}</span> done</h1>
              <Pace />
            </div>
            <StatusBar counts={byStatus} label="Tasks by status" />
            <div class="chips">
              {[...STATUSES, ...Object.keys(byStatus).filter((status) => !(STATUSES as readonly string[]).includes(status))].map((status) => (
                <a key={status} class="chip" href={linkTo("tasks", undefined, { q: `status:${status}` })}><StatusMark status={status} />{statusWord(status)} <b>{number(byStatus[status] ?? 0)}</b></a>
              ))}
              <a class="chip" href={linkTo("tasks")}>all <b>{number(total)}</b></a>
            </div>
          </section>
          <div class="cards">
            <AttentionList failed={byStatus["failed"] ?? 0} />
            <Charts />
          </div>
          <Facts />
        </>
      )}</Loaded>
    </div>
  );
}

/** How many are left, and when the queue will be empty, with the window the rate is from. */
function Pace(): JSX.Element {
  const { data: eta } = useRemote("eta", [asOf.value]);
  if (eta === undefined) return <span class="muted">…</span>;
  if (eta.remaining === 0) return <span class="muted">Nothing is left to do</span>;
  const window = duration(Math.max(1, Math.round(eta.windowMinutes * 60)) * 1000);
  if (eta.secondsLeft === null) return <span class="muted"><b>{number(eta.remaining)}</b> left; nothing was finished in the last {window}</span>;
  return (
    <span class="muted">
      <b>{number(eta.remaining)}</b> left, about <b>{duration(eta.secondsLeft * 1000)}</b> at {rate(eta.perMinute)} (of the last {window})
    </span>
  );
}

function rate(perMinute: number): string {
  if (perMinute >= 1) return `${number(Math.round(perMinute * 10) / 10)} a minute`;
  return `${number(Math.round(perMinute * 600) / 10)} an hour`;
}

function Charts(): JSX.Element {
  const history = useRemote("statusHistory", []);
  const throughput = useRemote("throughput", [rangeMinutes.value, asOf.value]);
  const steps = useRemote("steps", []);
  return (
    <>
      <Card title="Status over time">
        <Loaded remote={history}>{(data) => (data.points.length === 0 ? <p class="muted">No tasks yet</p> : <StatusHistoryChart history={data} />)}</Loaded>
      </Card>
      <Card title="Throughput" actions={<RangePicker />}>
        <Loaded remote={throughput}>{(data) => <ThroughputChart throughput={data} />}</Loaded>
      </Card>
      <Card title="Step durations">
        <Loaded remote={steps}>{(data) => (data.titles.length === 0 ? <p class="muted">No step has been timed yet</p> : <StepDurationsChart durations={data} />)}</Loaded>
      </Card>
    </>
  );
}
