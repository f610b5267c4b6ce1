// The queen, the same on every runtime: makes a colony's ledger and fills it.
//
//   node examples/queen.mjs COLONY
//   deno run --allow-read=COLONY --allow-write=COLONY examples/queen.mjs COLONY
//   bun examples/queen.mjs COLONY
import process from "node:process";
import { ensureProgressDb, seedTasks } from "hive-progress-db";

const [colony = "."] = process.argv.slice(2);
const texts = {
  pond: "An old silent pond a frog jumps into the pond splash silence again",
  hands: "Many hands make light work",
  bees: "The keeping of bees is like the direction of sunbeams",
  clover: "To make a prairie it takes a clover and one bee",
  nothing: "",
};
const tasks = Object.entries(texts).map(([name, text]) => ({
  id: name,
  goal: `Measure the text "${name}"`,
  payload: { text },
  steps: [{ title: "Count the letters" }, { title: "Count the words" }],
  sop_items: [{ key: "not-empty", description: "there is a text to measure" }],
}));

const dbPath = await ensureProgressDb(colony); // Safe to run again, and so is the next line.
const ids = await seedTasks(dbPath, tasks, { ifExists: "skip" });
process.stdout.write(`${ids.length} tasks in ${dbPath}\n`);
