import type { JSX } from "preact";
import { tickLabel, ticks } from "./scale.ts";

/** The line below a chart over time, with round times on it (UTC). */
export function TimeAxis({ from, to, left, width, y }: { from: number; to: number; left: number; width: number; y: number }): JSX.Element {
  const span = Math.max(1, to - from);
  const most = Math.max(2, Math.floor(width / 90));
  return (
    <g aria-hidden="true">
      <line class="axis" x1={left} x2={left + width} y1={y} y2={y} />
      {ticks(from, to, most).map((at) => {
        const x = left + ((at - from) / span) * width;
        const anchor = x < left + 24 ? "start" : x > left + width - 24 ? "end" : "middle";
        return (
          <g key={at}>
            <line class="axis" x1={x} x2={x} y1={y} y2={y + 4} />
            <text x={x} y={y + 16} text-anchor={anchor}>{tickLabel(at, from, to)}</text>
          </g>
        );
      })}
    </g>
  );
}

/** Grid lines at the round height and its half, with their numbers on the left. */
export function CountAxis({ top, bottom, left, width, max }: { top: number; bottom: number; left: number; width: number; max: number }): JSX.Element {
  const marks = max >= 2 ? [0.5, 1] : [1];
  return (
    <g aria-hidden="true">
      {marks.map((part) => {
        const y = bottom - (bottom - top) * part;
        return (
          <g key={part}>
            <line class="axis" x1={left} x2={left + width} y1={y} y2={y} />
            <text x={left - 6} y={y + 4} text-anchor="end">{compact(max * part)}</text>
          </g>
        );
      })}
    </g>
  );
}

function compact(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(value);
}
