import type { JSX } from "preact";
import type { StepWalk } from "../shared/protocol.ts";
import { duration } from "../shared/time.ts";
import { number } from "../shared/words.ts";
import { Chart } from "./figure.tsx";

const ROW = 38;

/** Per title: half of the steps took no longer than the dark bar, nine in ten no longer than the light one. */
export function StepDurationsChart({ durations: { titles, titleCount } }: { durations: StepWalk }): JSX.Element {
  const max = Math.max(1, ...titles.map(({ p90Ms }) => p90Ms));
  return (
    <Chart height={titles.length * ROW} label={`Step durations: ${titles.map(({ title, medianMs }) => `${title}, median ${duration(medianMs)}`).join("; ")}`}
      legend={[{ name: "median", className: "f-in_progress" }, { name: "9 in 10", className: "f-pending" }]}
      table={{
        columns: ["Step", "Times", "Failed", "Median", "9 in 10", "Longest"],
        rows: titles.map((each) => [each.title, number(each.count), number(each.failed), duration(each.medianMs), duration(each.p90Ms), duration(each.maxMs)]),
        note: titleCount > titles.length ? `The ${titles.length} that took the longest in all, of ${number(titleCount)} titles. ` : undefined,
      }}>
      {(width) => {
        const room = width - 150;
        const part = (ms: number): number => Math.max(2, (ms / max) * room);
        return titles.map(({ title, count, medianMs, p90Ms }, index) => (
          <g key={title} transform={`translate(0 ${index * ROW})`}>
            <text class="lane-name" x={0} y={13}>{title.length > width / 8 ? `${title.slice(0, width / 8)}…` : title}</text>
            <rect class="f-pending" x={0} y={20} width={part(p90Ms)} height={10} rx={2} />
            <rect class="f-in_progress" x={0} y={20} width={part(medianMs)} height={10} rx={2} />
            <text x={part(p90Ms) + 8} y={29}>{`${duration(medianMs)} / ${duration(p90Ms)} · ${number(count)}×`}</text>
          </g>
        ));
      }}
    </Chart>
  );
}
