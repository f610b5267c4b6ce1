import type { JSX } from "preact";
import { go, linkTo } from "../page/router.ts";
import { SPAN_CAP, type Lanes, type Span } from "../shared/protocol.ts";
import { duration, utc } from "../shared/time.ts";
import { number, statusWord } from "../shared/words.ts";
import { statusClass } from "../ui/status.tsx";
import { Chart } from "./figure.tsx";
import { TimeAxis } from "./time-axis.tsx";

const LANE = 26;
const LANES = 40;
const NAME = 110;
/** Rows of the table beside the chart. */
const ROWS = 500;

/** A lane a worker: when it held which task. A click on a bar opens the task. */
export function LanesChart({ lanes: { spans, isCut, from, to } }: { lanes: Lanes }): JSX.Element {
  const byWorker = new Map<string, Span[]>();
  for (const span of spans) byWorker.set(span.worker, [...(byWorker.get(span.worker) ?? []), span]);
  const workers = [...byWorker].toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true })).slice(0, LANES);
  const bottom = workers.length * LANE + 2;
  const notes = [
    isCut ? `The chart has the latest ${number(SPAN_CAP)} spans.` : "",
    byWorker.size > LANES ? `It has ${LANES} of ${number(byWorker.size)} workers.` : "",
    spans.length > ROWS ? `The table has the latest ${ROWS} of ${number(spans.length)} spans.` : "",
  ].join(" ").trim();
  return (
    <>
      <Chart height={bottom + 22} label={`Worker lanes: who held which task from ${utc(from)} to ${utc(to)}`}
        legend={[{ name: "done", className: "f-done" }, { name: "failed", className: "f-failed" }, { name: "in hand", className: "f-in_progress" }, { name: "taken back", className: "f-other" }]}
        table={{
          columns: ["Worker", "Task", "From", "For", "Outcome"],
          rows: spans.slice(0, ROWS).map((span) => [<bdi>{span.worker}</bdi>, <a href={linkTo("task", span.id)}><bdi>{span.goal.slice(0, 60)}</bdi></a>, utc(span.from), duration((span.to ?? to) - span.from), word(span)]),
          note: notes === "" ? undefined : notes,
        }}>
        {(width) => {
          const name = width < 500 ? 74 : NAME;
          const room = width - name - 4;
          const x = (at: number): number => name + (Math.max(0, Math.min(to, at) - from) / Math.max(1, to - from)) * room;
          return (
            <>
              {workers.map(([worker, held], index) => (
                <g key={worker} transform={`translate(0 ${index * LANE})`}>
                  <text class="lane-name" x={0} y={17}>{worker.length > name / 7.5 ? `${worker.slice(0, Math.floor(name / 7.5) - 1)}…` : worker}</text>
                  <line class="axis" x1={name} x2={name + room} y1={LANE - 1} y2={LANE - 1} />
                  {held.map((span) => (
                    <rect key={`${span.id} ${span.from}`} class={`span f-${span.status === "released" ? "other" : statusClass(span.status)}`} x={x(span.from)} y={5} height={LANE - 10} rx={2}
                      width={Math.max(2, x(span.to ?? to) - x(span.from) - 1)} onClick={() => go(linkTo("task", span.id))}>
                      <title>{`${worker}: ${span.goal}\n${word(span)}, ${utc(span.from)}, ${duration((span.to ?? to) - span.from)}`}</title>
                    </rect>
                  ))}
                </g>
              ))}
              <TimeAxis from={from} to={to} left={name} width={room} y={bottom} />
            </>
          );
        }}
      </Chart>
      {notes === "" ? null : <p class="muted">{notes}</p>}
    </>
  );
}

function word({ status, to }: Span): string {
  if (status === "released") return "taken back";
  return to === null ? `${statusWord(status)}, still in hand` : statusWord(status);
}
