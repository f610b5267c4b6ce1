import * as fc from "fast-check";
import type { StopAt } from "../processes/actor.ts";

/** What a run consists of, as data: steps, each of one to three calls made at once, perhaps with a kill. */

export const PROCESSES = 3;

/** A verb and its arguments. `{ claim: n }` stands for one of the claims made so far, for a lost one too if n is large. */
export interface Call {
  readonly verb: string;
  readonly args: readonly unknown[];
}

export interface Step {
  /** Seconds by which the clock jumps before. */
  readonly advance: number;
  readonly calls: readonly (Call & { readonly process: number; readonly handle: string })[];
  /** Kills the first call's process: when it does this to the file system, or when the call is done. */
  readonly killAt: StopAt | null;
}

export interface Run {
  readonly enforceGates: boolean;
  readonly durability: "full" | "normal" | "process";
  readonly steps: readonly Step[];
}

const id = fc.nat({ max: 24 }).map((n) => `t${n}`);
const worker = fc.constantFrom("w1", "w2", "w3");
export const LARGE = 40;
const claim = fc.record({ claim: fc.nat({ max: LARGE + 9 }) });
const seq = fc.constantFrom(1, 1, 2, 2, 3);
/** One time in so many. */
const rarely = <T, Otherwise>(times: number, arbitrary: fc.Arbitrary<T>, otherwise: Otherwise): fc.Arbitrary<T | Otherwise> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => rarely(2, arbitrary, undefined);

const fields = {
  id,
  seq: maybe(fc.integer({ min: -1, max: 2 })),
  priority: maybe(fc.integer({ min: 0, max: 2 })),
  // A long payload makes a transaction of many pages.
  payload: maybe(fc.constantFrom("{}", "x".repeat(9000))),
  max_retries: maybe(fc.integer({ min: 0, max: 2 })),
  parent_task_id: rarely(5, id, undefined),
};
const task = fc.record({
  ...fields,
  goal: fc.constantFrom("sow", "reap"),
  steps: fc.constantFrom([{ title: "one" }, { title: "two" }], [{ title: "one" }], []),
  sop_items: fc.constantFrom([{ key: "a", description: "d" }, { key: "b", description: "d", required: false }], [{ key: "a", description: "d" }], []),
});

const called = (verb: string, ...args: fc.Arbitrary<unknown>[]): fc.Arbitrary<Call> => fc.record({ verb: fc.constant(verb), args: fc.tuple(...args) });

const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 5, arbitrary: called("seedTasks", fc.array(task, { minLength: 1, maxLength: 4 }), fc.record({ ifExists: fc.constantFrom("error", "skip", "skip") })) },
  { weight: 3, arbitrary: called("enqueueTask", fc.constant("sow"), fc.record(fields)) },
  { weight: 9, arbitrary: called("claimTask", fc.record({ workerId: worker, taskId: rarely(3, id, undefined) })) },
  { weight: 1, arbitrary: called("claimTasks", fc.record({ workerId: worker, limit: fc.integer({ min: 1, max: 4 }) })) },
  { weight: 2, arbitrary: called("heartbeat", claim) },
  { weight: 3, arbitrary: called("startTask", claim) },
  { weight: 6, arbitrary: called("completeTask", claim) },
  { weight: 3, arbitrary: called("failTask", claim, fc.record({ error: fc.constantFrom("no text", "no time"), retry: fc.boolean() })) },
  { weight: 2, arbitrary: called("releaseTask", claim) },
  { weight: 2, arbitrary: called("startStep", claim, seq) },
  { weight: 4, arbitrary: called("completeStep", claim, seq, fc.record({ evidence: fc.constantFrom("seen", "") })) },
  { weight: 1, arbitrary: called("failStep", claim, seq, fc.record({ evidence: maybe(fc.constant("torn")) })) },
  { weight: 1, arbitrary: called("skipStep", claim, seq) },
  { weight: 4, arbitrary: called("checkOffSopItem", claim, fc.constantFrom("a", "a", "b"), fc.record({ note: maybe(fc.constant("read")) })) },
  { weight: 3, arbitrary: called("reclaimStale", fc.constantFrom(15, 15, 1, 0)) },
  { weight: 1, arbitrary: called("getTask", id) },
  { weight: 1, arbitrary: called("listTasks", fc.record({
    status: maybe(fc.constantFrom("pending", ["claimed", "in_progress"], "done")), workerId: maybe(worker),
    parentTaskId: maybe(id), staleAfterMinutes: maybe(fc.constantFrom(0, 15)), limit: maybe(fc.constantFrom(1, 5)),
  })) },
  { weight: 1, arbitrary: called("getProgress") },
  { weight: 1, arbitrary: called("throwing") },
  { weight: 1, arbitrary: called("deleting", id) },
  { weight: 1, arbitrary: called("ensure") },
  { weight: 2, arbitrary: called("nativeClaim", worker) },
  { weight: 1, arbitrary: called("nativeDone", claim) },
);

/** Where a run begins: something to claim. */
const first: fc.Arbitrary<Step> = fc.array(task, { minLength: 8, maxLength: 12 }).map((tasks) => ({
  advance: 0,
  calls: [{ verb: "seedTasks", args: [tasks.map((each, index) => ({ ...each, id: `t${index}`, parent_task_id: undefined })), { ifExists: "skip" }], process: 0, handle: "a" }],
  killAt: null,
}));
const nothing: Step = { advance: 0, calls: [], killAt: null };

const step: fc.Arbitrary<Step> = fc.record({
  advance: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 60 }) }, { weight: 1, arbitrary: fc.constantFrom(899, 901, 86_400) }),
  calls: fc.oneof(
    { weight: 6, arbitrary: fc.constant(1) }, { weight: 3, arbitrary: fc.constant(2) }, { weight: 1, arbitrary: fc.constant(3) },
  ).chain((count) => fc.array(
    fc.tuple(call, fc.nat({ max: PROCESSES - 1 }), fc.constantFrom("a", "a", "b", "b", "impatient")).map(([each, process, handle]) => ({ ...each, process, handle })),
    { minLength: count, maxLength: count },
  )),
  killAt: rarely(12, fc.oneof(fc.record({ number: fc.integer({ min: 1, max: 14 }) }), fc.constant({ call: "remove lock" })), null),
});

/** A run of so many steps; shrinking turns steps into nothing. */
export function run(length: number): fc.Arbitrary<Run> {
  return fc.record({
    enforceGates: fc.boolean(),
    durability: fc.constantFrom("full", "normal", "process"),
    first,
    rest: fc.array(fc.oneof({ withCrossShrink: true }, { weight: 1, arbitrary: fc.constant(nothing) }, { weight: 60, arbitrary: step }), {
      minLength: length - 1, maxLength: length - 1,
    }),
  }).map(({ first: step0, rest, ...colony }) => ({ ...colony, steps: [step0, ...rest] }));
}
