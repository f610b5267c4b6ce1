/** Ctrl-C and its kin: how a process ends that may be in the midst of a transaction. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * While the shell waits, for input or for the lock, a signal first lets go of the
 * database. While SQLite runs no JavaScript does, and no handler could: there the
 * system's own answer stands, the process ends at once, and whoever comes next
 * rolls its transaction back and inherits the lock.
 */
export class Interrupts {
  readonly end: (status: number) => void;
  readonly #handlers: readonly (readonly [NodeJS.Signals, () => void])[];
  #isOn = false;

  /** `end` lets go of the database and ends the process with this status. */
  constructor(end: (status: number) => void) {
    this.end = end;
    this.#handlers = Object.entries(SIGNALS).map(([signal, status]) => [signal as NodeJS.Signals, () => end(status)] as const);
  }

  /** From now on a signal lets go of the database first; it is heard at the event loop's next turn. */
  listen(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  /**
   * For SQLite to run. A signal that has come already is heard first: a loop's turn
   * asks for it, and the next one tells. Not between attempts at the lock: a signal
   * that came in the moment of turning away would be lost, and there are many such.
   */
  async pause(): Promise<void> {
    if (!this.#isOn) return;
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    this.#isOn = false;
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}
