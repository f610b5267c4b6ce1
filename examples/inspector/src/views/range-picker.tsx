import type { JSX } from "preact";
import { rangeMinutes } from "../page/settings.ts";

const RANGES: readonly { minutes: number | null; name: string }[] = [
  { minutes: null, name: "the whole time" },
  { minutes: 60, name: "the last hour" },
  { minutes: 360, name: "6 hours" },
  { minutes: 1440, name: "24 hours" },
  { minutes: 10_080, name: "7 days" },
  { minutes: 43_200, name: "30 days" },
];

/** How far the charts look back. */
export function RangePicker(): JSX.Element {
  return (
    <select class="quiet" aria-label="Time shown" value={String(rangeMinutes.value)} onChange={({ currentTarget: { value } }) => (rangeMinutes.value = value === "null" ? null : Number(value))}>
      {RANGES.map(({ minutes, name }) => <option key={name} value={String(minutes)}>{name}</option>)}
    </select>
  );
}
