import { join } from "node:path";
import { ensureProgressDb, openProgressDb, type OpenOptions } from "hive-progress-db";
import { memoryLock } from "hive-progress-db/lock/memory";
import type { NativeChecker } from "../native-checker.ts";
import { clock, databaseOf, writeFiles } from "../operations.ts";
import { Random } from "../random.ts";
import type { Files } from "./disk.ts";
import { type Crash, crashesOf, type Extent, NOTHING, realFiles, type Recording, recover, type Recovery, type States } from "./simulation.ts";
import { faultsOf } from "./write-order.ts";

/** What crashes came to. */
export class Verdict {
  crashes = 0;
  /** Where the last piece of work that had begun was undone, and where it was there. */
  before = 0;
  after = 0;
  /** What had to be rolled back. */
  recovered = 0;
  /** What was seen to be spoilt without its journal. */
  saved = 0;
  /** Crashes in the midst of a recovery. */
  nested = 0;
  failures: string[] = [];

  add(other: Verdict): void {
    for (const key of ["crashes", "before", "after", "recovered", "saved", "nested"] as const) this[key] += other[key];
    this.failures.push(...other.failures);
  }

  get text(): string {
    return `${this.crashes} crashes, ${this.before} before, ${this.after} after; ${this.recovered} rolled back, ${this.saved} of them seen to be spoilt without it; `
      + `${this.nested} crashes in recoveries; ${this.failures.length} failures`;
  }
}

export interface Judge {
  readonly folder: string;
  readonly native: NativeChecker | undefined;
  readonly extent: Extent;
  /** After which share of the crashes to go on working, and to look what there would be without the journal. */
  readonly goOnShare: number;
  /** Which share of the crashes in the midst of a recovery to try. */
  readonly nestedShare: number;
}

/** Lets a recorded work crash in every way and looks at what is left. */
export async function judge(judge: Judge, recorded: Recording, states: States, isWanted?: (crash: string) => boolean): Promise<Verdict> {
  const verdict = new Verdict();
  const hasWal = recorded.before.has("-wal");
  if (recorded.durability !== "process") {
    const ending = recorded.durability === "full" ? [] : ["at the end: the end of the journal was not synced"];
    verdict.failures.push(...faultsOf(recorded.calls, { hasWal }).filter((fault) => !ending.includes(fault)));
  }
  for (const crash of crashesOf(recorded, judge.extent, isWanted)) {
    verdict.crashes++;
    const fail = (what: string): void => void verdict.failures.push(`${recorded.name}|${recorded.durability}|${crash.at}/${crash.outcome}: ${what}`);
    try {
      await judgeOne(judge, recorded, states, crash, verdict, fail);
    } catch (error) {
      fail(String(error));
    }
  }
  return verdict;
}

async function judgeOne(
  { folder, native, extent, goOnShare, nestedShare }: Judge, recorded: Recording, states: States, crash: Crash, verdict: Verdict, fail: (what: string) => void,
): Promise<void> {
  const ours = databaseOf(join(folder, "ours"));
  const theirs = databaseOf(join(folder, "native"));
  writeFiles(theirs, crash.files);
  const nativeAnswer = native?.state(theirs);
  nativeAnswer?.catch(() => {}); // Looked at below.

  const recovery = await recover(ours, crash.files, recorded.durability);
  const survived = states.ours.indexOf(recovery.state, crash.least);
  if (survived < 0 || survived > crash.most) fail(`the library sees a state that is neither ${crash.least} nor ${crash.most}`);
  if (crash.most > 0 && survived === crash.most) verdict.after++;
  else verdict.before++;

  const seen = await nativeAnswer;
  if (seen !== undefined && (seen.hash !== states.native[survived] || seen.faults.length > 0)) fail(`SQLite sees another state: ${seen.faults.join()}`);

  const chosen = new Random("chosen", recorded.name, recorded.durability, crash.at, crash.outcome);
  const isToGoOn = chosen.chance(goOnShare);
  if (isToGoOn) {
    await goOn(join(folder, "ours"), recovery.state, recorded.durability);
    const later = await native?.state(ours);
    if (later !== undefined && later.faults.length > 0) fail(`what was written after the recovery is damaged: ${later.faults.join()}`);
  }

  if (recovery.calls.length === 0) return;
  verdict.recovered++;
  if (isToGoOn && native !== undefined && !(await isWhole(native, theirs, crash.files, states))) verdict.saved++;
  const again: Recording = { ...recorded, before: crash.files, calls: recovery.calls, files: [], acknowledgedAt: [] };
  for (const second of crashesOf(again, extent, () => chosen.chance(nestedShare))) {
    verdict.nested++;
    const { state } = await recover(ours, second.files, recorded.durability);
    if (state !== recovery.state) fail(`another crash during the recovery, ${second.at}/${second.outcome}, left another state`);
  }
}

/** The ledger must take work again. */
async function goOn(colony: string, state: Recovery["state"], durability: Recording["durability"]): Promise<void> {
  const options: OpenOptions = { persistence: realFiles, lock: memoryLock(), durability, clock };
  if (state === NOTHING) await ensureProgressDb(colony, options);
  const db = await openProgressDb(databaseOf(colony), options);
  await db.enqueueTask("after the crash", { id: "after the crash" });
  await db.close();
}

/** Whether the database would be sound without its journal. */
async function isWhole(native: NativeChecker, path: string, files: Files, states: States): Promise<boolean> {
  writeFiles(path, new Map([["", files.get("") ?? new Uint8Array(0)]]));
  try {
    return states.native.includes((await native.state(path)).hash);
  } catch {
    return false;
  }
}
