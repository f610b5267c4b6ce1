import { monotonicMs } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import type { Lock } from "../lock/lock.ts";
import type { Persistence } from "../persistence/persistence.ts";
import type { WaitOptions } from "../types.ts";
import { timeoutOf } from "./operation.ts";

/** The wait for a lock that another holds, and what is said when it was in vain. */

/** The longest time a timer can be set to, milliseconds: setTimeout takes a longer one for none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Takes a place in the lock's line; returns when an attempt is worth making, at the deadline, or when `wake` aborts. */
export async function waitForTurn(lock: Lock, deadline: number, wake: AbortController): Promise<void> {
  await until(deadline, wake, (signal) => lock.turn(signal));
}

/** Makes the files ready where that takes time (see `Persistence.prepare`). False at the deadline, or when `wake` aborts. */
export async function prepare(
  persistence: Persistence, path: string, create: boolean, deadline: number, wake: AbortController,
): Promise<boolean> {
  if (persistence.prepare === undefined) return true;
  return until(deadline, wake, (signal) => persistence.prepare!(path, { create, signal }));
}

/** Makes an empty file for a database, unless there is one. Throws BUSY, and system errors. */
export async function makeFile(persistence: Persistence, path: string, wait: WaitOptions): Promise<void> {
  const deadline = monotonicMs() + timeoutOf(wait);
  if (await prepare(persistence, path, true, deadline, new AbortController())) return persistence.open(path, { create: true }).close();
  throw new ProgressDbError("BUSY", `${path} is in use by others`, { hint: "try again, or wait longer with timeoutMs", details: { path } });
}

async function until<T>(deadline: number, wake: AbortController, wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const timer = setTimeout(() => wake.abort(), Math.min(deadline - monotonicMs(), LONGEST_TIMER_MS));
  try {
    return await wait(wake.signal);
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
