/** The only file that reads time. Everything else is handed a clock. */

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. May jump. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Node makes `performance` when it is first asked for, which takes a command 2 ms; its older clock is there. */
const hrtime = (globalThis as { process?: { hrtime?: { bigint?: () => bigint } } }).process?.hrtime?.bigint;

/** Milliseconds that never run backwards: for deadlines and waits, not for rows. */
export function monotonicMs(): number {
  return hrtime === undefined ? performance.now() : Number(hrtime()) / 1e6;
}

/** `2026-05-01T09:00:00+00:00`: the form the seed writes when it creates rows. */
export function isoTime(clock: Clock): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}+00:00`;
}

/** `2026-05-01 09:00:00`: SQLite's `datetime('now')`, written by claims, steps, gates and reclaim. */
export function sqlTime(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(0, 19).replace("T", " ");
}

/** An instant in seconds since 1970, as SQLite's `unixepoch()` gives it, in the form of `isoTime`. */
export function isoOfUnix(seconds: number): string {
  return isoTime({ now: () => seconds * 1000 });
}

/** Milliseconds since 1970 of a time in either form, or `NaN`. What names no zone is UTC, as SQLite has it. */
export function instantOf(time: string): number {
  const iso = time.trim().replace(" ", "T");
  return Date.parse(/(?:z|[+-]\d\d:?\d\d)$/i.test(iso) || !iso.includes("T") ? iso : `${iso}Z`);
}

/** Seconds since 1970-01-01 UTC, as SQLite's `unixepoch()` counts them. */
export function unixSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}

/** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}
