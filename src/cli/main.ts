import { run } from "./run.ts";
import { terminal } from "./output/terminal.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The first asks; whoever is told twice is in earnest.
  process.once(signal, () => interruption.abort(signal));
}

void run(process.argv.slice(2), terminal(), process.env, interruption.signal).then((status) => process.exit(status));
