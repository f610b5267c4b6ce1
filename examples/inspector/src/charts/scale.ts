/** Round numbers and times for axes. */

/** The smallest round number that is not below `value`. */
export function roundUp(value: number): number {
  if (value <= 10) return [1, 2, 4, 6, 8].find((step) => step >= value) ?? 10;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

const STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000].map((seconds) => seconds * 1000);

/** Round instants between two, at most `most` of them, milliseconds. */
export function ticks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((each) => (to - from) / each <= most) ?? STEPS.at(-1)! * Math.ceil((to - from) / STEPS.at(-1)! / most);
  const found: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return found;
}

/** A tick as short as the span allows: `09:30`, `20 Nov`, `20 Nov 09:30`. UTC. */
export function tickLabel(at: number, from: number, to: number): string {
  const date = new Date(at);
  const day = `${date.getUTCDate()} ${date.toLocaleString("en", { month: "short", timeZone: "UTC" })}`;
  const time = date.toISOString().slice(11, to - from < 120_000 ? 19 : 16);
  const span = to - from;
  if (span > 6 * 86_400_000) return day;
  return span > 86_400_000 ? `${day} ${time}` : time;
}
