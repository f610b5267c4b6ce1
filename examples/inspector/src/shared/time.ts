/**
 * Times in a ledger come in two formats: `2026-05-01T09:00:00+00:00` and
 * `2026-05-01 09:00:00`, which is UTC too, though `Date` would take it for local time.
 */

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:?\d\d)?$/;

/** Milliseconds since 1970-01-01 UTC; `undefined` for what is no time. */
export function parseTime(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const [, date, time = "00:00", zone = "Z"] = TIME.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `2026-05-01 09:00:00 UTC` */
export function utc(ms: number): string {
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC` : "never";
}

const UNITS: [name: string, ms: number][] = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]];

/** A span in its two largest units: `2 h 5 min`, `41 s`, `0 s`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  const sign = ms < 0 ? "-" : "";
  const span = Math.abs(ms);
  if (span > 0 && span < 1000) return `${sign}${Math.round(span)} ms`;
  const first = UNITS.findIndex(([, unit]) => span >= unit);
  if (first < 0) return "0 s";
  const [name, unit] = UNITS[first]!;
  const whole = Math.floor(span / unit);
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((span - whole * unit) / next[1]);
  return `${sign}${whole} ${name}${rest > 0 && whole < 100 ? ` ${rest} ${next![0]}` : ""}`;
}

/** How long ago, in one unit: `5 min ago`, `in 3 h`. */
export function ago(ms: number, asOf: number): string {
  const span = asOf - ms;
  const [name, unit] = UNITS.find(([, each]) => Math.abs(span) >= each) ?? ["s", 1000];
  const count = Math.floor(Math.abs(span) / unit);
  if (count === 0) return "just now";
  return span < 0 ? `in ${count} ${name}` : `${count} ${name} ago`;
}
