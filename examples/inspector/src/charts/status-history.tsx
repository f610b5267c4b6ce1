import type { JSX } from "preact";
import type { StatusHistory } from "../shared/protocol.ts";
import { duration, utc } from "../shared/time.ts";
import { number } from "../shared/words.ts";
import { Chart } from "./figure.tsx";
import { roundUp } from "./scale.ts";
import { CountAxis, TimeAxis } from "./time-axis.tsx";

const HEIGHT = 190;
const LEFT = 40;
const TOP = 8;
const BOTTOM = HEIGHT - 22;

/** From the bottom: what is finished grows over what waits. */
const LAYERS = [
  { key: "done", name: "done", className: "f-done" },
  { key: "failed", name: "failed", className: "f-failed" },
  { key: "held", name: "in hand", className: "f-in_progress" },
  { key: "pending", name: "pending", className: "f-pending" },
] as const;

/** How many tasks had which status, as layers over time. */
export function StatusHistoryChart({ history: { points, bucketMs } }: { history: StatusHistory }): JSX.Element {
  const from = (points[0]?.at ?? 0) - bucketMs;
  const to = points.at(-1)?.at ?? 1;
  const max = roundUp(Math.max(1, ...points.map((point) => point.pending + point.held + point.done + point.failed)));
  const last = points.at(-1);
  const sums = points.map((point) => {
    let sum = 0;
    return [0, ...LAYERS.map(({ key }) => (sum += Math.max(0, point[key])))];
  });
  return (
    <Chart height={HEIGHT} legend={LAYERS} label={`Status over time, from ${utc(from)} to ${utc(to)}; at the end ${LAYERS.map(({ key, name }) => `${number(last?.[key] ?? 0)} ${name}`).join(", ")}`}
      table={{
        columns: ["At", ...LAYERS.map(({ name }) => name)],
        rows: points.map((point) => [utc(point.at), ...LAYERS.map(({ key }) => number(point[key]))]),
        note: `Every ${duration(bucketMs)}. Told by the rows' times: of a task that was given back, only the last attempt.`,
      }}>
      {(width) => {
        const room = width - LEFT - 4;
        const x = (index: number): number => LEFT + (room * (index + 1)) / Math.max(1, points.length);
        const y = (count: number): number => BOTTOM - (count / max) * (BOTTOM - TOP);
        return (
          <>
            <CountAxis top={TOP} bottom={BOTTOM} left={LEFT} width={room} max={max} />
            {LAYERS.map(({ key, className }, layer) => {
              const edge = (at: number): string => sums.map((sum, index) => `${x(index).toFixed(1)},${y(sum[at] ?? 0).toFixed(1)}`).join(" ");
              const first = sums[0] ?? [];
              const top = `${LEFT},${y(first[layer + 1] ?? 0).toFixed(1)} ${edge(layer + 1)}`;
              const back = `${edge(layer).split(" ").toReversed().join(" ")} ${LEFT},${y(first[layer] ?? 0).toFixed(1)}`;
              return <polygon key={key} class={className} points={`${top} ${back}`} />;
            })}
            <TimeAxis from={from} to={to} left={LEFT} width={room} y={BOTTOM} />
          </>
        );
      }}
    </Chart>
  );
}
