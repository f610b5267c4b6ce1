// npm run bench [-- NAME ...]: prints each figure with what it is compared to, both from this run.
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { browser } from "./browser.mjs";
import { claimCost } from "./claim-cost.mjs";
import { coldStart } from "./cold-start.mjs";
import { drain } from "./drain-race.mjs";
import { memory } from "./memory.mjs";
import { naive } from "./naive.mjs";
import { seeding } from "./seeding.mjs";
import { throughput } from "./throughput.mjs";

const all = { seeding, claimCost, throughput, drain, naive, memory, coldStart, browser };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in all));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(", ")}; there are ${Object.keys(all).join(", ")}\n`);
  process.exit(2);
}

const sqlite = execFileSync("python3", ["-c", "import sqlite3; print(sqlite3.sqlite_version)"], { encoding: "utf8" }).trim();
process.stdout.write(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}; native: Python with SQLite ${sqlite}\n`);
process.stdout.write("Medians; every run checks that each task was delivered exactly once.\n");
for (const [name, run] of Object.entries(all)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  for await (const line of run()) process.stdout.write(`  ${line}\n`);
}
