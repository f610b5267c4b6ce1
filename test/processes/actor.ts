import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../helpers.ts";
import { Program, type Runtime, startOn } from "./program.ts";

/** Where a process is to stop: see `stop-at.mjs`. */
export interface StopAt {
  /** For example `write journal`; without it any call counts. */
  readonly call?: string;
  /** Which of them, counted from 1; default the first. */
  readonly number?: number;
  readonly when?: "before" | "after";
}

export interface Told {
  readonly handle?: string;
  /** What the clock of the process shows from now on, milliseconds. */
  readonly now?: number;
  readonly stopAt?: StopAt;
}

export interface Failure {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly details?: Record<string, unknown>;
}

/** What came of a verb; neither when the process was killed before it could tell. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: Failure;
  readonly isUnknown?: true;
}

/** A process that does what it is told, with this library: `test/processes/actor.mjs`. */
export class Actor {
  readonly program: Program;
  #lastId = 0;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #hasEnded = false;
  #onStop: ((call: string) => void) | undefined;

  private constructor(program: Program) {
    this.program = program;
    void this.#listen();
  }

  /** On Deno and Bun it never stops by itself: only Node lets a test wrap what the library imports. */
  static start(folder: string, runtime: Runtime = "node"): Promise<Actor> {
    return Actor.#over(startOn(runtime, folder, "actor"));
  }

  /** The same with Python's own SQLite: `test/processes/native-ledger.py`. */
  static startNative(): Promise<Actor> {
    return Actor.#over(new Program(spawn("python3", [join(root, "test/processes/native-ledger.py")])));
  }

  static async #over(program: Program): Promise<Actor> {
    await program.hear("ready");
    return new Actor(program);
  }

  /** Does it and tells what came of it; never rejects. */
  tell(verb: string, args: readonly unknown[] = [], told: Told = {}): Promise<Outcome> {
    if (this.#hasEnded) return Promise.resolve({ isUnknown: true });
    const id = ++this.#lastId;
    this.program.say(JSON.stringify({ id, verb, args, handle: "a", ...told }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** The value; throws what the verb threw. */
  async ask<T>(verb: string, args: readonly unknown[] = [], told: Told = {}): Promise<T> {
    const { value, error, isUnknown } = await this.tell(verb, args, told);
    if (isUnknown === true) throw new Error(`the process ended before ${verb} did`);
    if (error !== undefined) throw Object.assign(new Error(`${error.code}: ${error.message}`), error);
    return value as T;
  }

  /** Resolves with the call at which the process stopped by itself. */
  stopped(): Promise<string> {
    return new Promise((resolve) => (this.#onStop = resolve));
  }

  /** Lets it go on from where it stopped. */
  async wake(): Promise<void> {
    // It says where it stops just before it does.
    while (!readFileSync(`/proc/${this.program.pid}/stat`, "latin1").includes(") T ")) await sleep(1);
    this.program.kill("SIGCONT");
  }

  /** All that it had not answered is unknown. */
  async kill(): Promise<void> {
    this.program.kill("SIGKILL");
    await this.program.ended;
  }

  async #listen(): Promise<void> {
    for (;;) {
      const line = await this.program.line().catch(() => undefined);
      if (line === undefined) break;
      const said = JSON.parse(line) as Outcome & { id: number; stopped?: string };
      if (said.stopped !== undefined) {
        this.#onStop?.(said.stopped);
      } else {
        const { id, ...outcome } = said;
        this.#waiting.get(id)?.(outcome);
        this.#waiting.delete(id);
      }
    }
    this.#hasEnded = true;
    for (const resolve of this.#waiting.values()) resolve({ isUnknown: true });
    this.#waiting.clear();
  }
}
