import { monotonicMs } from "../clock.ts";
import { invalid } from "../errors.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { WaitOptions } from "../types.ts";

export const DEFAULT_TIMEOUT_MS = 5000;

export interface Work<T> {
  readonly kind: "read" | "write";
  /** Never in one transaction with others, never run a second time: it may have effects of its own. */
  readonly alone?: boolean;
  run(connection: Connection): T;
}

/** A piece of work in the queue, and the promise of its result. */
export class Operation {
  readonly kind: "read" | "write";
  alone: boolean;
  readonly deadline: number;
  readonly settled: Promise<unknown>;
  readonly #work: Work<unknown>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  #resolve!: (value: unknown) => void;
  #reject!: (reason: unknown) => void;
  #outcome: { value: unknown } | undefined;
  /** The operation failed by itself; its neighbours may still succeed. */
  isRejected = false;

  /** `onAbort` is called when the signal aborts before the operation has begun. */
  constructor(work: Work<unknown>, wait: WaitOptions, onAbort: () => void) {
    this.kind = work.kind;
    this.alone = work.alone ?? false;
    this.deadline = monotonicMs() + timeoutOf(wait);
    this.#work = work;
    this.#signal = wait.signal;
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#onAbort = () => {
      this.reject(this.#signal?.reason);
      onAbort();
    };
    if (this.#signal?.aborted) this.reject(this.#signal.reason);
    else this.#signal?.addEventListener("abort", this.#onAbort);
  }

  /** Runs the work and keeps its result until the transaction is committed. */
  run(connection: Connection): void {
    this.#outcome = { value: this.#work.run(connection) };
  }

  /** From here on it is as good as done, and can no longer be given up. */
  ignoreAbort(): void {
    this.#release();
  }

  /** The transaction is on disk: hands out the result. */
  acknowledge(): void {
    if (this.#outcome === undefined) return;
    this.#release();
    this.#resolve(this.#outcome.value);
  }

  reject(reason: unknown): void {
    this.isRejected = true;
    this.#outcome = undefined;
    this.#release();
    this.#reject(reason);
  }

  #release(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

export function timeoutOf({ timeoutMs = DEFAULT_TIMEOUT_MS }: WaitOptions): number {
  if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs) || timeoutMs < 0) {
    throw invalid("timeoutMs", `must be a number of milliseconds, 0 or more, not ${String(timeoutMs)}`);
  }
  return timeoutMs;
}
