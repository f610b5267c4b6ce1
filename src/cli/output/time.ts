import { instantOf, systemClock } from "../../clock.ts";

/** Times and spans in words that are short and calm: two units at most. */

const UNITS: readonly (readonly [string, number])[] = [["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]];

/** `3d 4h`, `12m 5s`, `8s`; under a second `0s`. */
export function span(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (words.length === 1 && count === 0) break;
    if (count === 0 && unit !== "s") continue;
    words.push(`${count}${unit}`);
    rest -= count * size;
    if (words.length === 2) break;
  }
  return words.join(" ");
}

/** The largest unit only: `3d`, `12m`. */
export function roughly(seconds: number): string {
  return span(seconds).split(" ")[0]!;
}

/** How long ago a time of the ledger was; `""` without one, the text itself when it cannot be read. */
export function ago(time: string | null, words: (seconds: number) => string = roughly): string {
  if (time === null || time === "") return "";
  const at = instantOf(time);
  if (Number.isNaN(at)) return time;
  const seconds = (systemClock.now() - at) / 1000;
  return seconds < -1 ? `in ${words(-seconds)}` : words(seconds);
}

/** `2026-05-01 09:00:00 UTC`; the text itself when it cannot be read. */
export function moment(time: string | null): string {
  if (time === null) return "";
  const at = instantOf(time);
  return Number.isNaN(at) ? time : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `14:08`, or with its day when that is not today's: local time, for people. */
export function clockTime(time: string): string {
  const at = new Date(instantOf(time));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hour = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const today = new Date(systemClock.now()).toDateString() === at.toDateString();
  return today ? hour : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${hour}`;
}
