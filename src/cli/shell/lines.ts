import { createInterface, type Interface } from "node:readline";
import { isatty } from "node:tty";
import type { Interrupts } from "./interrupts.ts";

const PROMPT = "sqlite> ";
const PROMPT_INSIDE = "   ...> ";

export interface StandardLines {
  readonly lines: AsyncIterable<string>;
  /** Sets the prompt for the next line, where there is one. */
  readonly onLine: (isInside: boolean) => void;
}

/** Standard input, line by line: with a prompt and history on a terminal. */
export function standardLines(interrupts: Interrupts, { isBatch }: { readonly isBatch: boolean }): StandardLines {
  if (isBatch || !isatty(0)) return { lines: linesOf(process.stdin, interrupts), onLine() {} };
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: PROMPT });
  terminal.on("SIGINT", () => interrupts.end(130));
  return {
    lines: promptedLines(terminal),
    onLine: (isInside) => terminal.setPrompt(isInside ? PROMPT_INSIDE : PROMPT),
  };
}

/** While a statement runs the terminal is as it was before, so that Ctrl-C reaches the process. */
async function* promptedLines(terminal: Interface): AsyncGenerator<string, void> {
  terminal.prompt();
  for await (const line of terminal) {
    process.stdin.setRawMode(false);
    yield line;
    process.stdin.setRawMode(true);
    terminal.prompt();
  }
}

async function* linesOf(stream: AsyncIterable<Uint8Array>, interrupts: Interrupts): AsyncGenerator<string, void> {
  const chunks = stream[Symbol.asyncIterator]();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  for (;;) {
    interrupts.listen();
    const { done, value } = await chunks.next();
    if (done === true) break;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
