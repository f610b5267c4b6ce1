import { expect, onTestFinished } from "vitest";
import { fastTempDir, testWith } from "../helpers.ts";
import { NativeChecker } from "../native-checker.ts";
import { OPERATIONS } from "../operations.ts";
import { cases, isLong } from "../proof.ts";
import { judge, Verdict } from "./judge.ts";
import { inSeededWorld } from "./seeded-world.ts";
import { type Extent, record, type Recording, statesOf } from "./simulation.ts";

/** One crash again: `CRASH="claim|full|7/torn/3" npx vitest run --config test/vitest.config.ts test/crash/simulator.test.ts`. */
const [onlyName, onlyDurability, onlyCrash = ""] = (process.env["CRASH"] ?? "").split("|");

const extent: Extent = { reordered: cases(1, 20), torn: cases(2, 30) };
const DURABILITIES = ["full", "normal", "process"] as const;

// All of it before the first crash: the random numbers are then the same in every run.
const recordings = await inSeededWorld("crash", async () => {
  const all: Recording[] = [];
  for (const operation of OPERATIONS) for (const durability of DURABILITIES) all.push(await record(operation.name, [operation], durability));
  return all;
});


const isWanted = ({ name, durability }: Recording): boolean => !onlyName || (name === onlyName && durability === onlyDurability);

testWith("python3")("a crash at any call, whatever becomes of what was not synced, leaves all of the work or nothing", { timeout: cases(120_000, 7_200_000) }, async () => {
  const native = new NativeChecker();
  onTestFinished(() => native.close());
  const total = new Verdict();
  for (const recorded of recordings.filter(isWanted)) {
    const folder = fastTempDir();
    const states = await statesOf(folder, recorded, native);
    const verdict = await judge({ folder, native, extent, nestedShare: cases(0.05, 1) }, recorded, states, onlyCrash);
    if (isLong) process.stdout.write(`${recorded.name} at ${recorded.durability}: ${recorded.calls.length} calls, ${verdict.text}\n`);
    total.add(verdict);
    if (onlyName) continue;
    // The crashes fell on both sides of the moment at which the work is done.
    expect([verdict.before, verdict.after].map((count) => count > 0), recorded.name).toEqual([true, true]);
  }
  process.stdout.write(`crashes of ${OPERATIONS.length} operations at ${DURABILITIES.length} durabilities: ${total.text}\n`);
  expect(total.failures).toEqual([]);
});
