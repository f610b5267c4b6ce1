// A small crash simulation, for Deno and Bun too: `deno run -A` or `bun` this file and a folder that may be filled.
import process from "node:process";
import { operation } from "../operations.ts";
import { judge, Verdict } from "./judge.ts";
import { inSeededWorld } from "./seeded-world.ts";
import { record, type Recording, statesOf } from "./simulation.ts";

const [folder = "."] = process.argv.slice(2);
const recordings = await inSeededWorld("runtimes", async () => {
  const done: Recording[] = [];
  for (const durability of ["full", "normal", "process"] as const) {
    done.push(await record("claim and complete", ["claim", "complete"].map(operation), durability));
    done.push(await record("ensure, new", [operation("ensure, new")], durability));
  }
  return done;
});
const total = new Verdict();
for (const recorded of recordings) {
  const states = await statesOf(folder, recorded, undefined);
  total.add(await judge({ folder, native: undefined, extent: { reordered: 1, torn: 2 }, goOnShare: 1, nestedShare: 0.1 }, recorded, states));
}
process.stdout.write(`${JSON.stringify([total, total.text])}\n`);
