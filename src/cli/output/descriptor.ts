import { writeSync } from "node:fs";
import { errnoOf } from "../../errors.ts";
import { manyLines } from "./text.ts";
import { textAsBytes } from "../shell/modes/values.ts";

/** Whoever read our output has gone: there is nothing left to do, and nothing to say. */
export class ReaderGone extends Error {
  readonly code = "EPIPE";
}

/** Text kept back at most, bytes: a reader that is slow should not hold up a transaction, and with it the lock. */
const KEPT_CHARACTERS = 4 << 20;

/** Writes text to a file descriptor, in few calls, and all of it before `flush` returns. */
export class Output {
  readonly #fd: number;
  readonly #isScreen: boolean;
  #parts: string[] = [];
  #length = 0;

  /** On a screen, what would steer the terminal is spelled out. */
  constructor(fd: number, { isScreen }: { readonly isScreen: boolean }) {
    this.#fd = fd;
    this.#isScreen = isScreen;
  }

  /** Throws ReaderGone. */
  write(text: string): void {
    this.#parts.push(this.#isScreen ? manyLines(text) : text);
    this.#length += text.length;
    if (this.#length >= KEPT_CHARACTERS) this.flush();
  }

  get isPending(): boolean {
    return this.#length > 0;
  }

  /** Throws ReaderGone. */
  flush(): void {
    if (this.#length === 0) return;
    const bytes = textAsBytes(this.#parts.join(""));
    this.#parts = [];
    this.#length = 0;
    for (let done = 0; done < bytes.length; ) done += this.#writeSome(bytes.subarray(done));
  }

  #writeSome(bytes: Uint8Array): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      switch (errnoOf(error)) {
        case "EPIPE":
          throw new ReaderGone();
        case "EAGAIN": // A pipe that somebody made non-blocking, and that is full.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
          return 0;
        default:
          throw error;
      }
    }
  }
}
