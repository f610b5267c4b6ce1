import type { CommandSpec } from "../spec.ts";

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
    examples: ["colony claim --worker w-1 --with-plan", "colony claim --worker w-1 --json --wait 60s"],
    load: () => import("../commands/claim.ts"),
  },
];
