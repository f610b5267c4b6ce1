import type { Context } from "../context.ts";
import { COMMANDS } from "../table/index.ts";

export async function run(context: Context): Promise<void> {
  await context.terminal.write(`${await script(context.arg("shell")!)}\n`);
}

async function script(shell: string): Promise<string> {
  switch (shell) {
    case "bash": return (await import("../completion/bash.ts")).bash(COMMANDS);
    case "zsh": return (await import("../completion/zsh.ts")).zsh(COMMANDS);
    case "fish": return (await import("../completion/fish.ts")).fish(COMMANDS);
    default: return (await import("../completion/pwsh.ts")).pwsh(COMMANDS);
  }
}
