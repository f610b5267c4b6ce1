import type { Throughput } from "hive-progress-db/browser";
import type { JSX } from "preact";
import { duration, parseTime, utc } from "../shared/time.ts";
import { number, plural } from "../shared/words.ts";
import { Chart } from "./figure.tsx";
import { roundUp } from "./scale.ts";
import { CountAxis, TimeAxis } from "./time-axis.tsx";

const HEIGHT = 160;
const LEFT = 34;
const TOP = 8;
const BOTTOM = HEIGHT - 22;

/** Tasks done and failed per stretch of time. */
export function ThroughputChart({ throughput: { buckets, bucketMinutes } }: { throughput: Throughput }): JSX.Element {
  const bucketMs = bucketMinutes * 60_000;
  const starts = buckets.map(({ start }) => parseTime(start) ?? 0);
  const from = starts[0] ?? 0;
  const to = from + buckets.length * bucketMs;
  const max = roundUp(Math.max(...buckets.map(({ done, failed }) => done + failed), 1));
  const sum = (key: "done" | "failed"): number => buckets.reduce((total, bucket) => total + bucket[key], 0);
  const height = (count: number): number => (count / max) * (BOTTOM - TOP);
  return (
    <Chart height={HEIGHT} label={`Throughput: ${number(sum("done"))} done and ${number(sum("failed"))} failed from ${utc(from)} to ${utc(to)}`}
      legend={[{ name: "done", className: "f-done" }, { name: "failed", className: "f-failed" }]}
      table={{
        columns: ["From", "Done", "Failed"],
        rows: buckets.map(({ done, failed }, index) => ({ done, failed, start: starts[index] ?? 0 })).filter(({ done, failed }) => done + failed > 0)
          .map(({ start, done, failed }) => [utc(start), number(done), number(failed)]),
        note: `Stretches of ${duration(bucketMs)}; those in which nothing was finished are left out.`,
      }}>
      {(width) => {
        const room = width - LEFT - 4;
        const step = room / Math.max(1, buckets.length);
        const gap = step > 5 ? 1.5 : 0.5;
        return (
          <>
            <CountAxis top={TOP} bottom={BOTTOM} left={LEFT} width={room} max={max} />
            {buckets.map(({ done, failed }, index) => (done + failed === 0 ? null : (
              <g key={index}>
                <title>{`${utc(starts[index] ?? 0)}: ${plural(done, "task")} done, ${number(failed)} failed`}</title>
                <rect class="f-done" x={LEFT + index * step} width={Math.max(1, step - gap)} y={BOTTOM - height(done)} height={height(done)} />
                <rect class="f-failed" x={LEFT + index * step} width={Math.max(1, step - gap)} y={BOTTOM - height(done + failed)} height={height(failed)} />
              </g>
            )))}
            <TimeAxis from={from} to={to} left={LEFT} width={room} y={BOTTOM} />
          </>
        );
      }}
    </Chart>
  );
}
