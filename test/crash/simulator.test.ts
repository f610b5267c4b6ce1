import { expect, onTestFinished } from "vitest";
import { fastTempDir, testWith } from "../helpers.ts";
import { NativeChecker } from "../native-checker.ts";
import { operation, OPERATIONS } from "../operations.ts";
import { cases, isLong } from "../proof.ts";
import { judge, Verdict } from "./judge.ts";
import { inSeededWorld } from "./seeded-world.ts";
import { type Extent, record, type Recording, statesOf, strongLock } from "./simulation.ts";

/** One crash again: `CRASH="claim|full|7/torn/3" npx vitest run --config test/vitest.config.ts test/crash/simulator.test.ts`. */
const [onlyName, onlyDurability, onlyCrash = ""] = (process.env["CRASH"] ?? "").split("|");

const extent: Extent = { reordered: cases(1, 10), torn: cases(1, 20) };
const goOnShare = cases(0.25, 1);
const nestedShare = cases(0.01, 0.01);
const timeout = cases(600_000, 7_200_000);

/** Work after work, so that an earlier one may still be on its way to the disk. */
const HISTORIES: Record<string, string[]> = {
  "a day": ["claim", "start", "complete a step", "check off a gate", "a group", "claim a batch", "raw SQL"],
  "a colony's first day": ["ensure, new", "enqueue", "claim"],
  "the end of WAL mode": ["claim, WAL mode", "enqueue", "claim a batch"],
};

interface Recordings {
  readonly single: Recording[];
  readonly histories: Recording[];
}
let recordings: Promise<Recordings> | undefined;

/** All of them before the first crash: the random numbers are then the same in every run. */
function recordAll(): Promise<Recordings> {
  return (recordings ??= inSeededWorld("crash", recordOnce));
}

async function recordOnce(): Promise<Recordings> {
  const done: Recordings = { single: [], histories: [] };
  for (const durability of ["full", "normal", "process"] as const) {
    for (const each of OPERATIONS) done.single.push(await record(each.name, [each], durability));
    for (const [name, work] of Object.entries(HISTORIES)) done.histories.push(await record(name, work.map(operation), durability));
    const turns = ["claim, WAL mode", "enqueue", "claim a batch"].map(operation);
    done.histories.push(await record("turns in WAL mode", turns, durability, { lock: strongLock() }));
  }
  return done;
}

const testWithPython = testWith("python3");

testWithPython("a crash at any call, whatever becomes of what was not synced, leaves all of an operation or nothing", { timeout }, async () => {
  const { single } = await recordAll();
  const total = await judgeAll(single);
  process.stdout.write(`crashes of ${single.length / 3} operations at 3 durabilities: ${total.text}\n`);
});

testWithPython("what was acknowledged outlives a crash of the work after it", { timeout }, async () => {
  const { histories } = await recordAll();
  const total = await judgeAll(histories);
  process.stdout.write(`crashes of ${histories.length / 3} histories at 3 durabilities: ${total.text}\n`);
});

async function judgeAll(all: readonly Recording[]): Promise<Verdict> {
  const native = new NativeChecker();
  onTestFinished(() => native.close());
  const folder = fastTempDir();
  const total = new Verdict();
  for (const recorded of all) {
    if (onlyName && (recorded.name !== onlyName || recorded.durability !== onlyDurability)) continue;
    const states = await statesOf(folder, recorded, native);
    const verdict = await judge({ folder, native, extent, goOnShare, nestedShare }, recorded, states, (crash) => onlyCrash === "" || crash === onlyCrash);
    if (isLong) process.stdout.write(`${recorded.name} at ${recorded.durability}: ${recorded.calls.length} calls, ${verdict.text}\n`);
    total.add(verdict);
    // The crashes fell on both sides of the moment at which the work is done.
    if (!onlyName) expect([verdict.before, verdict.after].map((count) => count > 0), recorded.name).toEqual([true, true]);
  }
  expect(total.failures).toEqual([]);
  return total;
}

testWithPython("a sync that is left out would be found", { timeout }, async () => {
  const native = new NativeChecker();
  onTestFinished(() => native.close());
  const folder = fastTempDir();
  const { histories } = await recordAll();
  const recorded = histories.find(({ name, durability }) => name === "a day" && durability === "full")!;
  const states = await statesOf(folder, recorded, native);
  for (const [what, file] of [["the journal's", "-journal"], ["the database's", ""], ["the folder's", undefined]] as const) {
    const isLeftOut = recorded.calls.map((each) => each.file === file && each.call.startsWith("sync"));
    const without: Recording = {
      ...recorded,
      calls: recorded.calls.filter((_call, index) => !isLeftOut[index]),
      acknowledgedAt: recorded.acknowledgedAt.map((at) => at - isLeftOut.slice(0, at).filter(Boolean).length),
    };
    const verdict = await judge({ folder, native, extent: { reordered: 0, torn: 1 }, goOnShare: 0, nestedShare: 0 }, without, states);
    const lost = verdict.failures.filter((failure) => failure.includes("|")).length;
    process.stdout.write(`without ${what} syncs: ${lost} failures in ${verdict.crashes} crashes\n`);
    expect(lost, what).toBeGreaterThan(0);
    expect(verdict.failures.length, what).toBeGreaterThan(lost); // The order of the calls says so too.
  }
});
