import type { CommandSpec } from "../spec.ts";

export const FOR_ALL: readonly CommandSpec[] = [
  {
    name: "help", for: "any", standalone: true,
    summary: "Show help on a command, or on exit-codes",
    args: [{ name: "topic", what: "a command, or exit-codes", optional: true, many: true, complete: "command" }],
    load: () => import("../commands/help.ts"),
  },
];
