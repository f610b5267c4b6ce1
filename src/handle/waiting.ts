import { monotonicMs } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import type { Lock } from "../lock/lock.ts";

/** The wait for a lock that another holds, and what is said when it was in vain. */

/** The longest time a timer can be set to, milliseconds: setTimeout takes a longer one for none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Takes a place in the lock's line; returns when an attempt is worth making, at the deadline, or when `wake` aborts. */
export async function waitForTurn(lock: Lock, deadline: number, wake: AbortController): Promise<void> {
  const untilDeadline = Math.min(deadline - monotonicMs(), LONGEST_TIMER_MS);
  const timer = setTimeout(() => wake.abort(), untilDeadline);
  try {
    await lock.turn(wake.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Names the holder and the way out. */
export function busy({ path, lock }: { readonly path: string; readonly lock: Lock }): ProgressDbError {
  const holder = lock.holder();
  const who = holder === undefined ? "other clients, in turn" : holder.description;
  const wait = "try again, or wait longer with timeoutMs";
  const hint = holder === undefined || holder.wayOut === ""
    ? wait
    : `${wait}; if the holder will never come back, make sure that it is gone, then ${holder.wayOut}`;
  return new ProgressDbError("BUSY", `${path} is locked by ${who}`, { hint, details: { path, holder } });
}
