import { fstatSync } from "node:fs";
import type { Writable } from "node:stream";
import { Output } from "./descriptor.ts";

/** The two streams, and what is known of the screens behind them. */
export interface Terminal {
  /** Columns of the screen behind stdout; `Infinity` when it goes to a file or a pipe. */
  readonly columns: number;
  readonly rows: number;
  readonly isScreen: boolean;
  /** stderr goes to a screen: progress may be shown there. */
  readonly isTalkScreen: boolean;
  /** Writes to stdout; resolves once it is out. Rejects with EPIPE when nobody reads any more. */
  write(text: string): Promise<void>;
  /** Writes to stderr. */
  talk(text: string): void;
}

const STDOUT = 1;
const NARROWEST = 20;

export function terminal(): Terminal {
  // For a file or a pipe no stream is needed, and to make one takes Node 2 ms.
  const screen = fstatSync(STDOUT).isCharacterDevice() ? process.stdout : undefined;
  screen?.on("error", () => {}); // Told to whom it concerns by `write`.
  const pipe = new Output(STDOUT, { isScreen: false });
  return {
    get columns() {
      return screen?.isTTY === true ? Math.max(NARROWEST, screen.columns || 80) : Infinity;
    },
    get rows() {
      return screen?.isTTY === true ? screen.rows || 24 : Infinity;
    },
    isScreen: screen?.isTTY === true,
    get isTalkScreen() {
      return talkStream().isTTY;
    },
    async write(text) {
      if (screen !== undefined) return written(screen, text);
      pipe.write(text);
      pipe.flush();
    },
    talk: (text) => void talkStream().write(text),
  };
}

/** Node makes the stream when it is first asked for; most commands have nothing to say. */
function talkStream(): typeof process.stderr {
  const { stderr } = process;
  if (stderr.listenerCount("error") === 0) stderr.on("error", () => {}); // Nobody listens: nothing is lost but talk.
  return stderr;
}

function written(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
