import { paint } from "./text.mjs";

/**
 * Progress on standard error: on a terminal a bar redrawn in place, elsewhere a
 * line now and then. The cursor is never hidden, so Ctrl-C leaves nothing to mend.
 */
export class Bar {
  #stream;
  #isTerminal;
  #drawn = "";
  #lineAt = 0;

  constructor(stream = process.stderr) {
    this.#stream = stream;
    this.#isTerminal = stream.isTTY === true && process.env.TERM !== "dumb";
  }

  update({ total, byStatus: { done, failed, claimed, in_progress } }) {
    const ended = done + failed;
    const text = `${ended}/${total}  ${done} done, ${failed} failed, ${claimed + in_progress} in hand`;
    if (this.#isTerminal) this.#draw(`${this.#bar(done, failed, total, text.length)} ${text}`);
    else if (ended >= this.#lineAt) {
      this.#stream.write(`${text}\n`);
      this.#lineAt = ended + total / 4;
    }
  }

  /** A line that stays, above the bar. */
  say(line) {
    const bar = this.#drawn;
    this.end();
    this.#stream.write(`${line}\n`);
    if (bar !== "") this.#draw(bar);
  }

  /** Takes the bar away. */
  end() {
    if (this.#drawn !== "") this.#stream.write("\r\x1b[K");
    this.#drawn = "";
  }

  #draw(bar) {
    if (bar === this.#drawn) return;
    this.#stream.write(`\r${bar}\x1b[K`);
    this.#drawn = bar;
  }

  /** A wrapped line could not be redrawn in place: the bar takes what room the text leaves. */
  #bar(done, failed, total, taken) {
    const width = Math.max(0, Math.min(40, (this.#stream.columns ?? 80) - taken - 2));
    const cells = (count) => Math.round((count / Math.max(1, total)) * width);
    const good = cells(done);
    const bad = cells(done + failed) - good;
    return paint("green", "█".repeat(good), this.#stream) + paint("red", "█".repeat(bad), this.#stream)
      + "░".repeat(width - good - bad);
  }
}
