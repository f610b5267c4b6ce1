import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root, writeProgram } from "../helpers.ts";

/** Longer than anything takes on a busy machine, milliseconds. */
const HANG_MS = 120_000;

export type Deed = "read" | "write" | "ensure" | "ensureAll" | "input";

export interface Answer {
  /** Of each call: `ok`, or an error's code. */
  readonly outcomes: readonly string[];
  /** Memory of the process, bytes. */
  readonly memory: number;
}

/** A process that uses what is put before it. One that hangs or dies is replaced, and its question answered with that. */
export class Victim {
  readonly #program: string;
  #child: ChildProcess | undefined;
  #settle: ((answer: Answer | string) => void) | undefined;
  #asked = 0;
  #errors = "";

  constructor(folder: string) {
    this.#program = writeProgram(folder, "victim.mjs", readFileSync(join(root, "test/processes/victim.mjs"), "utf8"));
  }

  async ask(deed: Deed, path: string, input?: unknown): Promise<Answer | string> {
    const child = (this.#child ??= this.#start());
    const answer = new Promise<Answer | string>((resolve) => (this.#settle = resolve));
    child.stdin?.write(`${JSON.stringify([++this.#asked, deed, path, input])}\n`);
    const timer = setTimeout(() => this.#end("hangs"), HANG_MS);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, ["--max-old-space-size=256", this.#program], { stdio: ["pipe", "pipe", "pipe"] });
    this.#errors = "";
    child.stdin?.on("error", () => {}); // It has died: `close` says so.
    child.stderr?.on("data", (data) => (this.#errors += data));
    child.on("close", () => {
      if (child === this.#child) this.#end(`dies: ${this.#errors.slice(-2000)}`);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, outcomes, memory] = JSON.parse(line) as [number, string[], number];
      this.#settle?.({ outcomes, memory });
    });
    return child;
  }

  #end(why: string): void {
    this.close();
    this.#settle?.(why);
  }
}
