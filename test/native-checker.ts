import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface NativeState {
  /** Of all rows and the schema. */
  readonly hash: string;
  /** What `integrity_check` and `foreign_key_check` complain about. */
  readonly faults: readonly string[];
}

/** The real SQLite in one long-lived process: starting one for each of thousands of checks would take minutes. */
export class NativeChecker {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(answer: never): void; reject(reason: Error): void }>();
  #asked = 0;
  #errors = "";

  constructor() {
    const script = fileURLToPath(new URL("processes/native-checker.py", import.meta.url));
    this.#child = spawn("python3", [script], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on("data", (data) => (this.#errors += data));
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#answer(line));
    this.#child.on("close", () => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`the checker ended:\n${this.#errors}`));
    });
  }

  /** Recovers the database if need be, and tells what is in it. Rejects with SQLite's own complaint. */
  state(path: string): Promise<NativeState> {
    return this.#ask("state", path);
  }

  /** The same, but one UUID is like another: for work that is done anew each time. */
  shape(path: string): Promise<NativeState> {
    return this.#ask("shape", path);
  }

  /** Takes and gives back the write lock of `vfs=unix-dotfile`, without waiting; rejects when it is not to be had. */
  enter(path: string): Promise<void> {
    return this.#ask("enter", path);
  }

  close(): void {
    this.#child.stdin?.end();
  }

  #ask<Answer>(method: string, path: string): Promise<Answer> {
    const number = ++this.#asked;
    const answer = new Promise<Answer>((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
    this.#child.stdin?.write(`${JSON.stringify([number, method, path])}\n`);
    return answer;
  }

  #answer(line: string): void {
    const [number, answer] = JSON.parse(line) as [number, { error?: string }];
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (answer.error === undefined) waiting?.resolve(answer as never);
    else waiting?.reject(new Error(answer.error));
  }
}
