import type { CommandSpec, FlagSpec } from "../spec.ts";

const STATUSES = ["pending", "claimed", "in_progress", "done", "failed"] as const;
const OLDER_THAN: FlagSpec = { name: "older-than", type: "duration", value: "TIME", default: "15m", what: "when a claim without a heartbeat is stale" };

export const FOR_HUMANS: readonly CommandSpec[] = [
  {
    name: "status", for: "human",
    summary: "How far the work is, how fast it goes, what is wrong",
    flags: [{ name: "watch", type: "duration", value: "TIME", implied: "2s", what: "go on showing it, looking this often (2s if not said); Ctrl-C ends it" }],
    examples: ["colony status", "colony status --watch"],
    load: () => import("../commands/status.ts"),
  },
  {
    name: "list", for: "human",
    summary: "List tasks",
    flags: [
      { name: "status", type: "text", many: true, choices: STATUSES, what: "only these" },
      { name: "held-by", type: "text", value: "WORKER", what: "only this worker's", complete: "worker" },
      { name: "parent", type: "text", value: "ID", what: "only children of this task", complete: "task" },
      { name: "source", type: "text", value: "TEXT", what: "only those from there" },
      { name: "text", type: "text", value: "TEXT", what: "only those with this in their goal, payload, error or id" },
      { name: "sort", type: "text", choices: ["created", "updated", "priority", "seq", "status", "worker", "retries"], default: "created", what: "their order" },
      { name: "reverse", what: "the other way round" },
      { name: "limit", type: "integer", value: "N", default: "50", what: "at most so many; 0 is all" },
      { name: "after", type: "text", value: "ID", what: "those that come after this one in the order of creation", complete: "task" },
    ],
    examples: ["colony list --status failed --sort updated --reverse", "colony list --json --fields id,goal --limit 0"],
    load: () => import("../commands/list.ts"),
  },
  {
    name: "show", for: "human",
    summary: "Show tasks whole: payload, error, steps with evidence, gates",
    args: [{ name: "id", what: "a task's id, or its beginning; - reads them from stdin", many: true, complete: "task" }],
    load: () => import("../commands/show.ts"),
  },
  {
    name: "tree", for: "human",
    summary: "Show tasks below their parents, with counts of what is below each",
    args: [{ name: "id", what: "where to begin (default: at all that have no parent)", optional: true, complete: "task" }],
    flags: [
      { name: "depth", type: "integer", value: "N", what: "at most so many levels below the first" },
      { name: "limit", type: "integer", value: "N", default: "500", what: "at most so many tasks" },
    ],
    load: () => import("../commands/tree.ts"),
  },
  {
    name: "failures", for: "human",
    summary: "Group failed tasks by what their errors have in common",
    flags: [
      { name: "limit", type: "integer", value: "N", what: "at most so many groups" },
      { name: "ids", type: "integer", value: "N", default: "10", what: "show so many ids of each" },
    ],
    load: () => import("../commands/failures.ts"),
  },
  {
    name: "stale", for: "human",
    summary: "List claims without a sign of life",
    flags: [OLDER_THAN],
    load: () => import("../commands/stale.ts"),
  },
  {
    name: "workers", for: "human",
    summary: "Show who works on what, and what they have done",
    load: () => import("../commands/workers.ts"),
  },
  {
    name: "inspect", for: "human",
    summary: "Show the colony in the browser, live, to this machine only",
    details: "Prints a URL with a secret in it, and serves until Ctrl-C. The page reads copies, so nothing it does reaches the database.",
    args: [{ name: "db", what: "the database (default: as --db and --colony say)", optional: true, complete: "file" }],
    flags: [
      { name: "no-open", what: "only print the URL" },
      { name: "port", type: "integer", value: "N", what: "the port (default: any that is free)" },
    ],
    exits: [130, 143],
    load: () => import("../commands/inspect.ts"),
  },
  {
    name: "report", for: "human",
    summary: "Write one HTML file with the colony inside, for sending to somebody",
    details: "It opens in any browser without a server, and holds all of the database: goals, payloads, errors, evidence.",
    args: [{ name: "out", what: "the file to write", complete: "file" }],
    load: () => import("../commands/report.ts"),
  },
  {
    name: "export", for: "human",
    summary: "Write a table as CSV, JSON, JSON lines or Markdown, to stdout",
    details: "The rows are those of one moment. In CSV a text that a spreadsheet would take for a formula (= + - @ first) gets an apostrophe before it.",
    args: [{ name: "format", what: "how", choices: ["csv", "json", "jsonl", "md"] }],
    flags: [
      { name: "table", type: "text", value: "NAME", default: "tasks", what: "which table or view" },
      { name: "raw", what: "leave formulas in CSV as they are" },
      { name: "bom", what: "begin CSV with the mark by which Excel knows UTF-8" },
    ],
    examples: ["colony export csv > tasks.csv", "colony export jsonl --table steps | jq .evidence"],
    load: () => import("../commands/export.ts"),
  },
  {
    name: "snapshot", for: "human",
    summary: "Copy the database to one file that is safe to move",
    details: "The copy is of one moment, also while others write: the -wal merged, in rollback mode, whole or not at all.",
    args: [{ name: "out", what: "the file to write", complete: "file" }],
    flags: [{ name: "force", what: "replace a file that is there" }],
    examples: ["colony snapshot backup.db", "colony snapshot \"progress-$(date +%F).db\""],
    load: () => import("../commands/snapshot.ts"),
  },
  {
    name: "gates", for: "human",
    summary: "Show which gates are open, and what they block",
    load: () => import("../commands/gates.ts"),
  },
];
