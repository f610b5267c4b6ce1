import type { Terminal } from "./terminal.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const TO_LINE_END = "\x1b[K";
const TO_SCREEN_END = "\x1b[J";

/** The whole screen, drawn over and over in place; what was on it before comes back, with the last picture below it. */
export class Screen {
  readonly #terminal: Terminal;
  #last: readonly string[] = [];
  #isOpen = false;
  #wake = (): void => {};
  readonly #onResize = (): void => this.#wake();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  open(): void {
    this.#isOpen = true;
    process.stdout.on("resize", this.#onResize);
    void this.#write(ENTER);
  }

  /** One write for the whole picture, each line cleared behind its end: nothing flickers. */
  draw(lines: readonly string[]): void {
    this.#last = lines;
    const shown = lines.slice(0, this.#terminal.rows - 1);
    void this.#write(HOME + shown.map((line) => `${line}${TO_LINE_END}\n`).join("") + TO_SCREEN_END);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.stdout.off("resize", this.#onResize);
    void this.#write(`${LEAVE}${this.#last.map((line) => `${line}\n`).join("")}`);
  }

  /** Resolves when the window gets another size. */
  resized(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #write(text: string): Promise<void> {
    return this.#terminal.write(text).catch(() => {});
  }
}
