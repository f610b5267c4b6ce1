/** Ctrl-C and its kin: how a process ends that may be in the midst of a transaction. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * While the shell waits, for input or for the lock, a signal first lets go of the
 * database. While SQLite runs no JavaScript does, and no handler could: there the
 * system's own answer stands, the process ends at once, and whoever comes next
 * rolls its transaction back and inherits the lock.
 */
export class Interrupts {
  readonly #handlers: readonly (readonly [NodeJS.Signals, () => void])[];
  #isOn = false;

  /** `end` is given the exit status. */
  constructor(end: (status: number) => void) {
    this.#handlers = Object.entries(SIGNALS).map(([signal, status]) => [signal as NodeJS.Signals, () => end(status)] as const);
  }

  toggle(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    for (const [signal, handler] of this.#handlers) {
      if (isOn) process.on(signal, handler);
      else process.off(signal, handler);
    }
  }
}
