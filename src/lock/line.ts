import { monotonicMs, sleep } from "../clock.ts";
import { ignoring, type Owners } from "./owners.ts";

/**
 * The line of those who wait for a lock among processes. It grants nothing: it
 * says who should look next, and makes whoever holds the lock again and again
 * step back. Only processes of ours stand in it.
 */

/** How long one process may take the lock again and again while others wait, milliseconds. */
const QUANTUM_MS = 10;
/**
 * How often the head of the line looks, and how much longer each place behind it waits, milliseconds. Were all to
 * look alike, dozens of them would use up the CPU, and whoever it is given to next would be served, not the head.
 */
const HEAD_MS = 1;
const PLACE_MS = 4;
const LONGEST_MS = 250;
/** While one hold lasts, each look waits longer than the last by this factor, up to this many milliseconds. */
const BACKOFF = 1.3;
const PATIENT_MS = 10;
/** When the head tries all the same: a dead holder's lock does not go away by itself. Those behind it leave it more time. */
const TRY_MS = 50;
const LONGEST_TRY_MS = 500;

/** One hold of the lock as an onlooker sees it. */
export interface Hold {
  /** Whose it is. */
  readonly holder: number;
  /** Which of that holder's. */
  readonly since: number;
}

export class Line {
  readonly #owners: Owners;
  readonly #look: () => Hold | undefined;
  #waits = false;
  #lastHeldAt = -Infinity;
  /** Since when we take the lock again and again while others wait. */
  #quantumStart: number | undefined;

  /** `look` tells one hold from the next, cheaply; `undefined` when the lock is free. */
  constructor(owners: Owners, look: () => Hold | undefined) {
    this.#owners = owners;
    this.#look = look;
  }

  /** The lock was taken. */
  taken(): void {
    if (this.#waits) this.#quantumStart = monotonicMs();
  }

  /** The lock was given back. */
  released(): void {
    this.#lastHeldAt = monotonicMs();
  }

  mayBarge(): boolean {
    if (this.#waits) return true;
    if (this.#owners.line().length === 0) {
      this.#quantumStart = undefined;
      return true;
    }
    const now = monotonicMs();
    if (now - this.#lastHeldAt > QUANTUM_MS) return false;
    this.#quantumStart ??= now;
    return now - this.#quantumStart < QUANTUM_MS;
  }

  async turn(signal: AbortSignal): Promise<void> {
    this.#waits = true;
    let seen = this.#look();
    const place = this.#place();
    const end = monotonicMs() + Math.min(TRY_MS * (place + 1), LONGEST_TRY_MS);
    let least = msBetweenLooks(place);
    let ms = least;
    do {
      await sleep(ms, signal);
      const now = this.#look();
      if (now === undefined) return;
      // Another holder: whoever was behind in the line may be its head by now.
      if (now.holder !== seen?.holder) least = msBetweenLooks(this.#place());
      ms = now.since === seen?.since ? Math.max(ms, Math.min(ms * BACKOFF, PATIENT_MS)) : least;
      seen = now;
    } while (!signal.aborted && monotonicMs() < end);
  }

  leave(): void {
    if (!this.#waits) return;
    this.#waits = false;
    this.#owners.leaveLine();
  }

  #place(): number {
    // Who may not write beside the database waits outside the line.
    const place = ignoring(["EACCES", "EPERM", "EROFS"], () => this.#owners.placeInLine()) ?? 0;
    if (place > 0) this.#owners.dropDeadHead();
    return place;
  }
}

function msBetweenLooks(place: number): number {
  return place === 0 ? HEAD_MS : Math.min(PLACE_MS * (place + Math.random()), LONGEST_MS);
}
