import { v4, v7 } from "uuid";

/** An id that a few characters tell from others: for tasks, tokens and files. */
export function randomId(): string {
  return v4();
}

/** An id that sorts by time, which an index takes faster: for rows that nobody names by hand. */
export function orderedId(): string {
  return v7({ random: randomBytes16() });
}

/** Asking the system for randomness costs more than an id; ask for many at a time. */
const POOL_BYTES = 4096;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

function randomBytes16(): Uint8Array {
  if (used === POOL_BYTES) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += 16;
  return pool.slice(used - 16, used);
}
