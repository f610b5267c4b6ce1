import { monotonicMs } from "../../clock.ts";
import type { Terminal } from "./terminal.ts";

export const EMPTY = "─";

/** A bar of so many columns: `█████▌────`. */
export function bar(share: number, columns: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const full = Math.floor(eighths / 8);
  const part = full < columns ? " ▏▎▍▌▋▊▉"[eighths % 8]!.trim() : "";
  return "█".repeat(full) + part + EMPTY.repeat(columns - full - part.length);
}

/** What is done quickly needs no word. */
const SHOW_AFTER_MS = 500;
const REDRAW_MS = 80;
const COLUMNS = 24;

/** Progress on stderr, while it is a terminal's; one line, gone when it is over. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #what: string;
  readonly #isShown: boolean;
  readonly #start = monotonicMs();
  #last = -Infinity;
  #isDrawn = false;

  constructor(terminal: Terminal, what: string, isWanted: boolean) {
    this.#terminal = terminal;
    this.#what = what;
    this.#isShown = isWanted && terminal.isTalkScreen;
  }

  update(done: number, total: number): void {
    const now = monotonicMs();
    if (!this.#isShown || now - this.#start < SHOW_AFTER_MS || now - this.#last < REDRAW_MS) return;
    this.#last = now;
    this.#isDrawn = true;
    const share = total === 0 ? 1 : done / total;
    this.#terminal.talk(`\r\x1b[K${this.#what}  ${bar(share, COLUMNS)}  ${Math.floor(share * 100)}%  ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`);
  }

  end(): void {
    if (this.#isDrawn) this.#terminal.talk("\r\x1b[K");
    this.#isDrawn = false;
  }
}
