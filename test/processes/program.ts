import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { root, toolPath } from "../helpers.ts";

/** Starts `test/processes/<name>.mjs` in a folder. It dies with the test. */
export function start(folder: string, name: string, ...args: string[]): Program {
  return startOn("node", folder, name, ...args);
}

/** How each runtime runs a file that may do all. */
const RUN = { node: [], deno: ["run", "--no-prompt", "--allow-all"], bun: [] } as const;
export type Runtime = keyof typeof RUN;

export function startOn(runtime: Runtime, folder: string, name: string, ...args: string[]): Program {
  const file = join(root, "test/processes", `${name}.mjs`);
  return new Program(spawn(toolPath(runtime), [...RUN[runtime], file, ...args], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] }));
}

/** Starts a process that has the lock, in the middle of a transaction, until the file `gate` is there. */
export async function startHolder(folder: string, dbPath: string, moment: "before" | "between" | "spilled" | "reading", gate = ""): Promise<Program> {
  const holder = start(folder, "holder", dbPath, moment, gate);
  await holder.hear("ready");
  holder.say("go");
  await holder.hear("inside");
  return holder;
}

/** A process that talks with its test in lines. */
export class Program {
  readonly child: ChildProcess;
  /** All it said, also what `line` handed out. Complete after `ended`. */
  readonly said: string[] = [];
  /** Resolves once it is gone and all it said has been read. */
  readonly ended: Promise<void>;
  #read = 0;
  #hasEnded = false;
  #errors = "";
  readonly #listeners = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    child.stderr?.on("data", (data) => (this.#errors += data));
    child.stdin?.on("error", () => {}); // It was killed: nobody listens.
    createInterface({ input: child.stdout! }).on("line", (line) => {
      this.said.push(line);
      this.#wake();
    });
    this.ended = new Promise((resolve) => child.on("close", () => {
      this.#hasEnded = true;
      this.#wake();
      resolve();
    }));
    onTestFinished(() => void child.kill("SIGKILL"));
  }

  get pid(): number {
    return this.child.pid!;
  }

  say(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The next line it says. */
  async line(): Promise<string> {
    while (this.#read >= this.said.length) {
      if (this.#hasEnded) throw this.#endedEarly();
      await this.#news();
    }
    return this.said[this.#read++]!;
  }

  /** Waits until it has said more than so many lines. */
  async saidMoreThan(count: number): Promise<void> {
    while (this.said.length <= count) {
      if (this.#hasEnded) throw this.#endedEarly();
      await this.#news();
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#listeners.add(resolve));
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  #endedEarly(): Error {
    return new Error(`the process ended early:\n${this.#errors}${this.said.slice(-5).join("\n")}`);
  }

  /** Waits until it says exactly this. */
  async hear(expected: string): Promise<void> {
    const line = await this.line();
    if (line !== expected) throw new Error(`expected "${expected}", heard "${line}"\n${this.#errors}`);
  }

  /** All it says until it ends by itself; it is told nothing more. */
  async rest(): Promise<string[]> {
    this.child.stdin?.end();
    await this.ended;
    if (this.child.exitCode !== 0) {
      throw new Error(`the process ended with ${this.child.exitCode ?? this.child.signalCode}:\n${this.#errors}${this.said.slice(-5).join("\n")}`);
    }
    const lines = this.said.slice(this.#read);
    this.#read = this.said.length;
    return lines;
  }
}
