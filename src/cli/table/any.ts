import type { CommandSpec } from "../spec.ts";

export const FOR_ALL: readonly CommandSpec[] = [
  {
    name: "info", for: "any",
    summary: "Show the database's path, size, schema and journal",
    load: () => import("../commands/info.ts"),
  },
  {
    name: "doctor", for: "any",
    summary: "Look for what is wrong with the database, and say what to do",
    details: "Changes nothing, unless told to mend times. Ends with exit code 1 when it found more than remarks, 11 when the file is damaged.",
    flags: [
      { name: "full", what: "compare every index with its table, too" },
      { name: "fix-times", what: "rewrite times in the form of their columns, and set those yet to come to now; says which" },
      { name: "older-than", type: "duration", value: "TIME", default: "15m", what: "when a claim without a heartbeat is stale" },
    ],
    exits: [8, 12],
    load: () => import("../commands/doctor.ts"),
  },
  {
    name: "sql", for: "any", raw: true,
    summary: "Run SQL, or the commands of the sqlite3 shell, on the database",
    details: "Takes the sqlite3 shell's own options (-box -column -csv -header -json -line -markdown -separator X -cmd X …) and dot commands "
      + "(.tables .schema .dump …), SQL in arguments or from stdin. A first word that names a file is the database. Reads only, unless told to write.",
    args: [{ name: "sql", what: "SQL, or a dot command, each in quotes; without any they are read from stdin", optional: true, many: true }],
    flags: [{ name: "write", what: "let it write" }],
    exits: [2, 8],
    examples: ["colony sql -box \"SELECT status, count(*) FROM tasks GROUP BY status\"", "colony sql .schema", "colony sql --write < repair.sql"],
    load: () => import("../commands/sql.ts"),
  },
  {
    name: "help", for: "any", standalone: true,
    summary: "Show help on a command, or on exit-codes",
    args: [{ name: "topic", what: "a command, or exit-codes", optional: true, many: true, complete: "command" }],
    load: () => import("../commands/help.ts"),
  },
  {
    name: "skill", for: "any", standalone: true,
    summary: "Print the worker protocol for an agent's prompt",
    load: () => import("../commands/skill.ts"),
  },
  {
    name: "schema", for: "any", standalone: true,
    summary: "Print the commands, their flags and exit codes as JSON",
    args: [{ name: "command", what: "only this one", optional: true, many: true, complete: "command" }],
    load: () => import("../commands/schema.ts"),
  },
  {
    name: "completion", for: "any", standalone: true,
    summary: "Print a shell's completion script",
    args: [{ name: "shell", what: "the shell", choices: ["bash", "zsh", "fish", "pwsh"] }],
    examples: ["source <(colony completion bash)", "colony completion fish > ~/.config/fish/completions/colony.fish"],
    load: () => import("../commands/completion.ts"),
  },
];
