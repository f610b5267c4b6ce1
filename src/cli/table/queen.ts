import type { CommandSpec } from "../spec.ts";

const ID_MANY = { name: "id", what: "a task's id, or its beginning; - reads them from stdin", many: true, complete: "task" } as const;

export const FOR_QUEENS: readonly CommandSpec[] = [
  {
    name: "init", for: "queen", writes: true,
    summary: "Make a colony's database, or bring it up to date",
    details: "Makes FOLDER/data/progress.db, gives stale claims back, and tells the colony's worker configs where the database is. What is in order stays as it is.",
    args: [{ name: "folder", what: "the colony's folder (default: this one)", optional: true, complete: "file" }],
    flags: [
      { name: "all", what: "every colony in ~/.hive/colonies" },
      { name: "enforce-gates", what: "have the database itself refuse to complete a task with open gates, whoever asks" },
      { name: "no-enforce-gates", what: "no longer" },
    ],
    examples: ["colony init", "colony init --colony letters"],
    load: () => import("../commands/init.ts"),
  },
  {
    name: "seed", for: "queen", writes: true,
    summary: "Insert tasks from a file, all or none",
    details: 'A task is {"goal", "id", "seq", "priority", "payload", "max_retries", "parent_task_id", "steps": [{"title", "detail", "seq"}], '
      + '"sop_items": [{"key", "description", "required", "note"}]}; only the goal must be there. Prints the ids in the order of the file.',
    args: [{ name: "file", what: "a JSON list, or an object a line; - reads stdin", complete: "file" }],
    flags: [
      { name: "if-exists", type: "text", choices: ["error", "skip"], default: "error", what: "about an id that is there already: refuse them all, or leave that one as it is" },
      { name: "source", type: "text", value: "TEXT", default: "queen_create", what: "kept in tasks.source" },
    ],
    examples: ["colony seed tasks.json", "jq -c '.items[]' list.json | colony seed -"],
    load: () => import("../commands/seed.ts"),
  },
  {
    name: "enqueue", for: "queen", writes: true,
    summary: "Append one task; prints its id",
    flags: [
      { name: "goal", type: "text", value: "TEXT", what: "what is to be done; - reads stdin" },
      { name: "id", type: "text", value: "ID", what: "its id (default: a random one)" },
      { name: "priority", type: "integer", value: "N", default: "0", what: "higher is claimed first" },
      { name: "seq", type: "integer", value: "N", what: "its place among those of its priority" },
      { name: "payload", type: "text", value: "TEXT", what: "whatever the worker needs, stored as it stands; @FILE reads a file, - stdin" },
      { name: "parent", type: "text", value: "ID", what: "the task it belongs to", complete: "task" },
      { name: "step", type: "text", value: "TITLE", many: true, what: "a step" },
      { name: "gate", type: "text", value: "KEY=TEXT", many: true, what: "a gate that must be checked off before the task can be done" },
      { name: "optional-gate", type: "text", value: "KEY=TEXT", many: true, what: "one that need not be" },
      { name: "max-retries", type: "integer", value: "N", default: "3", what: "how often it may come back" },
      { name: "source", type: "text", value: "TEXT", default: "enqueue_tool", what: "kept in tasks.source" },
    ],
    examples: ["colony enqueue --goal 'Write to the mill' --step Draft --step Send --gate 'proofread=Somebody else has read it'"],
    load: () => import("../commands/enqueue.ts"),
  },
  {
    name: "reclaim", for: "queen", writes: true,
    summary: "Give back the claims of workers that show no sign of life",
    details: "A task whose retries are spent fails instead. Prints the ids with their new status.",
    flags: [{ name: "older-than", type: "duration", value: "TIME", default: "15m", what: "without a heartbeat for this long" }],
    examples: ["colony reclaim", "colony reclaim --older-than 1h --dry-run"],
    load: () => import("../commands/reclaim.ts"),
  },
  {
    name: "retry", for: "queen", writes: true,
    summary: "Give failed tasks back to the queue, all or none",
    args: [{ ...ID_MANY, optional: true }],
    flags: [
      { name: "failed", what: "all that failed" },
      { name: "error", type: "text", value: "TEXT", what: "only those with this signature (colony failures shows it), or with this text in their error" },
      { name: "reset-retries", what: "count their retries from 0 again" },
    ],
    examples: ["colony retry 3f2a 77b0", "colony retry --failed --error 'HTTP <n> at <url>' --reset-retries"],
    load: () => import("../commands/retry.ts"),
  },
  {
    name: "release", for: "queen", writes: true,
    summary: "Give tasks in hand back to the queue; no retry is spent",
    details: "With --token or --worker (or their variables) it is a worker that gives back its own claim. "
      + "With neither, or with --force, the task is taken from whoever has it, who then gets exit code 4.",
    args: [ID_MANY],
    flags: [
      { name: "token", type: "text", value: "TOKEN", env: "COLONY_TOKEN", what: "the claim's token" },
      { name: "force", what: "whoever has it" },
    ],
    exits: [4],
    examples: ["colony release 3f2a --worker w-1", "colony release 3f2a --force"],
    load: () => import("../commands/release.ts"),
  },
];
