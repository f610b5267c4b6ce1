import type { ArgSpec, CommandSpec, FlagSpec } from "../spec.ts";

const ID: ArgSpec = { name: "id", what: "the task's id, or its beginning", complete: "task" };
const ID_MANY: ArgSpec = { name: "id", what: "a task's id, or its beginning; - reads them from stdin", many: true, complete: "task" };
const STEP: ArgSpec = { name: "step", what: "the step's number (seq)" };
const TOKEN: FlagSpec = { name: "token", type: "text", value: "TOKEN", env: "COLONY_TOKEN", what: "the claim's token; without it, --worker says whose claim it is" };
const EVIDENCE: FlagSpec = { name: "evidence", type: "text", value: "TEXT", what: "what shows it; - reads stdin" };

export const FOR_WORKERS: readonly CommandSpec[] = [
  {
    name: "claim", for: "worker", writes: true,
    summary: "Take the next task, or one by its id",
    details: "Prints the task and the claim's token. Later commands on the task take that token (--token or COLONY_TOKEN); "
      + "without it they go by --worker, as long as that worker still holds the task.",
    flags: [
      { name: "id", type: "text", value: "ID", what: "this task and no other", complete: "task" },
      { name: "wait", type: "duration", value: "TIME", what: "wait this long for a task to come" },
      { name: "with-plan", what: "print the steps and the gates too" },
    ],
    exits: [3, 4],
    examples: ["colony claim --worker w-1 --with-plan", "colony claim --worker w-1 --json --wait 60s", "id=$(colony claim --worker w-1 --plain --fields id)"],
    load: () => import("../commands/claim.ts"),
  },
  {
    name: "plan", for: "worker",
    summary: "Show a task's steps and gates; steps that are done say skip",
    args: [ID],
    load: () => import("../commands/plan.ts"),
  },
  ...(["start", "done", "fail", "skip"] as const).map((verb): CommandSpec => ({
    name: `step ${verb}`, for: "worker", writes: true,
    summary: {
      start: "Say that a step is begun",
      done: "Say that a step is done, with what shows it",
      fail: "Say that a step failed; it may be started again",
      skip: "Say that a step is not needed",
    }[verb],
    args: [ID, STEP],
    flags: [TOKEN, ...(verb === "start" ? [] : [EVIDENCE])],
    exits: [4],
    examples: verb === "done" ? ["colony step done 3f2a 1 --worker w-1 --evidence 'commit 9ab3'"] : [],
    load: () => import("../commands/step.ts"),
  })),
  {
    name: "gate list", for: "worker",
    summary: "Show a task's gates",
    args: [ID],
    load: () => import("../commands/gate.ts"),
  },
  {
    name: "gate done", for: "worker", writes: true,
    summary: "Check gates off, with a note on how",
    args: [ID, { name: "key", what: "the gate's key", many: true }],
    flags: [TOKEN, { name: "note", type: "text", value: "TEXT", what: "how it was met; - reads stdin" }],
    exits: [4],
    examples: ["colony gate done 3f2a proofread --worker w-1 --note 'read by w-2'"],
    load: () => import("../commands/gate.ts"),
  },
  {
    name: "heartbeat", for: "worker", writes: true,
    summary: "Say that the worker is alive",
    details: "Every command on the claim says so too; a claim without a sign of life for 15 minutes may be given to another.",
    args: [ID_MANY], flags: [TOKEN], exits: [4],
    load: () => import("../commands/heartbeat.ts"),
  },
  {
    name: "done", for: "worker", writes: true,
    summary: "Close tasks as done; refused while a required gate is open",
    args: [ID_MANY], flags: [TOKEN], exits: [4, 6],
    load: () => import("../commands/done.ts"),
  },
  {
    name: "fail", for: "worker", writes: true,
    summary: "Close tasks as failed, with the reason",
    args: [ID_MANY],
    flags: [
      TOKEN,
      { name: "error", type: "text", value: "TEXT", what: "why; - reads stdin" },
      { name: "retry", what: "give it back to the queue instead, while retries are left" },
    ],
    exits: [4],
    examples: ["colony fail 3f2a --worker w-1 --error 'the page is gone (HTTP 410)'"],
    load: () => import("../commands/fail.ts"),
  },
];
