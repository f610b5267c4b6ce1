import type { Writable } from "node:stream";

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

const NARROWEST = 20;

export function terminal(): Terminal {
  const { stdout, stderr } = process;
  stderr.on("error", () => {}); // Nobody listens: nothing is lost but talk.
  stdout.on("error", () => {}); // Told to whom it concerns by `write`.
  return {
    get columns() {
      return stdout.isTTY ? Math.max(NARROWEST, stdout.columns || 80) : Infinity;
    },
    get rows() {
      return stdout.isTTY ? stdout.rows || 24 : Infinity;
    },
    isScreen: stdout.isTTY,
    isTalkScreen: stderr.isTTY,
    write: (text) => written(stdout, text),
    talk: (text) => void stderr.write(text),
  };
}

function written(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
