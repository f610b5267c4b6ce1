import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ClaimRef } from "hive-progress-db";
import { Actor, type Outcome, type StopAt } from "../processes/actor.ts";
import type { Runtime } from "../processes/program.ts";
import { apply, type World } from "./ledger-model.ts";
import { violations } from "./invariants.ts";
import { differs, explain, type Rows } from "./oracle.ts";
import { LARGE, PROCESSES, type Run, type Step } from "./steps.ts";

const START = Date.parse("2026-05-01T09:00:00Z");
/** Two that differ in durability, so that they share nothing but the files, and one that hardly waits. */
const HANDLES = ["a", "b", "impatient"];
const NO_ROWS: Rows = { tasks: [], steps: [], sop_checklist: [] };

/** What happened in all runs, so that a test can tell that something did. */
export class Tally {
  readonly counts = new Map<string, number>();

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }
}

/** Processes of ours with three handles each, and a native client, on one colony after another. */
export class Fleet {
  readonly tally = new Tally();
  readonly #folder: string;
  readonly #runtimes: readonly Runtime[];
  readonly #native: Actor;
  #actors: Actor[] = [];
  /** Ready to take a killed one's place. */
  #spares: Promise<Actor>[] = [];
  #run!: Run;
  #colony!: string;
  #world!: World;
  #rows = NO_ROWS;
  #claims: ClaimRef[] = [];
  readonly #minted = new Set<string>();
  readonly #cheated = new Set<string>();
  #looks = 0;

  private constructor(folder: string, runtimes: readonly Runtime[], native: Actor) {
    this.#folder = folder;
    this.#runtimes = runtimes;
    this.#native = native;
  }

  /** A process of ours on each of the runtimes. */
  static async start(folder: string, runtimes: readonly Runtime[]): Promise<Fleet> {
    const fleet = new Fleet(folder, runtimes, await Actor.startNative());
    await fleet.#muster();
    return fleet;
  }

  async #muster(): Promise<void> {
    this.#actors = await Promise.all(this.#runtimes.map((runtime) => Actor.start(this.#folder, runtime)));
    this.#spares = this.#runtimes.map((_, place) => this.#recruit(place));
  }

  #recruit(place: number): Promise<Actor> {
    const recruit = Actor.start(this.#folder, this.#runtimes[place]);
    recruit.catch(() => {}); // The test may end before it is ready.
    return recruit;
  }

  get #dbPath(): string {
    return join(this.#colony, "data", "progress.db");
  }

  /** Performs a run on a new colony; throws at the first step that is not as it should be. */
  async perform(run: Run, name: string): Promise<void> {
    this.#run = run;
    this.#colony = join(this.#folder, name);
    this.#world = { tasks: [], now: START, enforcesGates: run.enforceGates, mints: 0 };
    this.#rows = NO_ROWS;
    this.#claims = [];
    this.#cheated.clear();
    mkdirSync(this.#colony, { recursive: true });
    await this.#actors[0]!.ask("ensure", [this.#colony, { enforceGates: run.enforceGates }], { now: START });
    await Promise.all(this.#actors.map((actor) => this.#open(actor)));
    await this.#native.ask("open", [this.#dbPath]);
    for (const [index, step] of run.steps.entries()) {
      try {
        await this.#step(step);
      } catch (error) {
        await Promise.all(this.#actors.map((actor) => actor.kill())); // For the next run to begin afresh.
        await this.#muster();
        throw new Error(`step ${index}: ${JSON.stringify(step)}\n${(error as Error).message}`, { cause: error });
      }
    }
    const sound = await this.#native.ask<string[]>("check");
    if (sound.join() !== "ok") throw new Error(`integrity: ${sound.join()}`);
    await Promise.all(this.#actors.flatMap((actor) => HANDLES.map((handle) => actor.ask("close", [], { handle }))));
    const litter = readdirSync(dirname(this.#dbPath)).filter((file) => !/^progress\.db(-journal)?$/.test(file));
    if (litter.length > 0) throw new Error(`left behind after the last close: ${litter.join()}`);
  }

  async #open(actor: Actor): Promise<void> {
    const { durability } = this.#run;
    await actor.ask("open", [this.#dbPath, { durability }], { handle: "a", now: this.#world.now });
    await actor.ask("open", [this.#dbPath, { durability: durability === "process" ? "full" : "process" }], { handle: "b" });
    for (let isOpen = false; !isOpen; ) { // It may have to try more than once.
      const { error } = await actor.tell("open", [this.#dbPath, { durability, timeoutMs: 5 }], { handle: "impatient" });
      if (error !== undefined && error.code !== "BUSY") throw new Error(`${error.code}: ${error.message}`);
      isOpen = error === undefined;
    }
  }

  async #step({ advance, calls: given, killAt }: Step): Promise<void> {
    this.#world.now += advance * 1000;
    // The native client would wait in vain for a dead holder: only one of ours takes its lock over.
    const calls = given.filter(({ verb }) => killAt === null || !verb.startsWith("native"))
      .map((call) => ({ ...call, args: call.args.map((argument) => this.#resolve(argument)) }));
    if (calls.length === 0) return;
    const victim = this.#actors[calls[0]!.process]!;
    const stopped = victim.stopped().then(() => true);
    const pending = calls.map((call, index) => this.#tell(call, index === 0 ? killAt : null));
    if (killAt !== null) {
      const isInside = await Promise.race([stopped, pending[0]!.then(() => false)]);
      this.tally.count(isInside ? "killed inside" : "killed after");
      await victim.kill();
      const place = calls[0]!.process;
      this.#actors[place] = await this.#spares[place]!;
      this.#spares[place] = this.#recruit(place);
      await this.#open(this.#actors[place]);
    }
    const outcomes = await Promise.all(pending);
    // Who got BUSY is told that nothing was written: the rest must explain what is there.
    const isBusy = calls.map(({ handle }, index) => handle === "impatient" && outcomes[index]!.error?.code === "BUSY");
    this.tally.count("BUSY", isBusy.filter(Boolean).length);
    await this.#judge(calls.filter((_, index) => !isBusy[index]), outcomes.filter((_, index) => !isBusy[index]));
  }

  #resolve(argument: unknown): unknown {
    if (typeof argument !== "object" || argument === null || !("claim" in argument)) return argument;
    const number = argument.claim as number;
    const live = new Set(this.#world.tasks.filter(({ status }) => status === "claimed" || status === "in_progress").map((task) => task.claim_token));
    const held = this.#claims.filter((claim) => live.has(claim.claim_token));
    const claims = number >= LARGE || held.length === 0 ? this.#claims : held;
    return claims.at(-1 - (number % Math.max(1, claims.length))) ?? { id: "t0", claim_token: "none" };
  }

  async #tell({ verb, args, process, handle }: Step["calls"][number], stopAt: StopAt | null): Promise<Outcome> {
    const actor = this.#actors[process]!;
    const told = { handle, now: this.#world.now, ...(stopAt === null ? {} : { stopAt }) };
    const time = new Date(this.#world.now).toISOString().slice(0, 19).replace("T", " ");
    if (verb.startsWith("native")) return this.#native.tell(verb, [...args, time]);
    if (verb === "throwing") return actor.tell("sql", [["UPDATE tasks SET goal = 'never'"], true], told);
    if (verb === "deleting") return withoutValue(await actor.tell("sql", [[`DELETE FROM tasks WHERE id = '${String(args[0])}'`]], told));
    if (verb === "ensure") return withoutValue(await actor.tell("ensure", [this.#colony], told));
    return actor.tell(verb, args, told);
  }

  /** The oracle: the answers, what every reading verb says to another process, the rows, and what must hold of them. */
  async #judge(calls: Step["calls"], outcomes: readonly Outcome[]): Promise<void> {
    const reader = this.#actors[this.#looks++ % PROCESSES]!;
    const looked = await reader.ask<{ rows: unknown; tasks: unknown[]; progress: unknown }>("look", [], { now: this.#world.now });
    const rows = await this.#native.ask<Rows>("rows");
    const { world, minted, unheardDone, otherOrders } = explain(this.#world, calls, outcomes, rows);

    const problems = [
      differs(apply(world, "listTasks", []).value, { value: looked.rows }),
      differs(world.tasks, { value: looked.tasks }),
      differs(apply(world, "getProgress", []).value, { value: looked.progress }),
      ...minted.filter((token) => this.#minted.has(token)).map((token) => `the token ${token} was given before`),
    ];
    for (const [index, { verb, args }] of calls.entries()) {
      if (verb === "nativeDone" && !this.#run.enforceGates) this.#cheated.add((args[0] as ClaimRef).id);
      this.#note(verb, outcomes[index]!);
    }
    problems.push(...violations(this.#rows, rows, this.#cheated));
    const found = problems.filter((problem) => problem !== undefined);
    if (found.length > 0) throw new Error(`${found.join("\n")}\noutcomes: ${JSON.stringify(outcomes)}`);

    for (const token of minted) this.#minted.add(token);
    const known = new Set(this.#claims.map((claim) => claim.claim_token));
    for (const { id, claim_token: token } of rows.tasks) if (token !== null && !known.has(token)) this.#claims.push({ id, claim_token: token });
    this.#world = world;
    this.#rows = rows;
    this.tally.count("steps");
    this.tally.count("unheard, and done", unheardDone);
    this.tally.count("unheard, and not done", outcomes.filter(({ isUnknown }) => isUnknown).length - unheardDone);
    if (calls.length > 1) this.tally.count("calls at once", calls.length);
    if (otherOrders > 0) this.tally.count("order mattered");
  }

  #note(verb: string, { value, error, isUnknown }: Outcome): void {
    if (isUnknown) return;
    this.tally.count(error === undefined ? verb : (error.code ?? "thrown"));
    if ((verb === "claimTask" || verb === "nativeClaim") && typeof value === "object" && value !== null) this.tally.count("claimed");
    if (verb === "reclaimStale" && Number(value) > 0) this.tally.count("reclaimed", Number(value));
  }
}

function withoutValue({ value: _value, ...outcome }: Outcome): Outcome {
  return outcome;
}
