import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureProgressDb, isProgressDbError, openProgressDb, type OpenOptions, type ProgressDb } from "hive-progress-db";
import { expect, onTestFinished, vi } from "vitest";
import { fastTempDir, testWith } from "../helpers.ts";
import { NativeChecker } from "../native-checker.ts";
import { clock, databaseOf, readFiles, writeFiles } from "../operations.ts";
import { cases, isLong } from "../proof.ts";
import { Random } from "../random.ts";
import { brokenWork, type BrokenWork } from "./broken-work.ts";
import { ERRORS, type Fault, type FaultyFs, type Mode } from "./faulty-fs.ts";

const faulty = vi.hoisted(() => ({ fs: undefined as unknown as FaultyFs }));
vi.mock("node:fs", async (importOriginal) => {
  const { FaultyFs: Faulty } = await import("./faulty-fs.ts");
  faulty.fs = new Faulty();
  return faulty.fs.wrap(await importOriginal());
});

/** One case again: `FAULT="claim|12|EIO|once" npx vitest run --config test/vitest.config.ts test/faults/every-call.test.ts`. */
const [onlyName, onlyAt, onlyKind, onlyMode] = (process.env["FAULT"] ?? "").split("|");

const CODES = ["INVALID_INPUT", "NOT_FOUND", "BUSY", "CLAIM_LOST", "SOP_OPEN", "READ_ONLY", "CORRUPT", "NEWER_SCHEMA", "ENGINE_MISMATCH", "NATIVE_CLIENTS", "CLOSED", "IO"];
const options: OpenOptions = { clock, nativeClients: "none", timeoutMs: 30 };

class Tally {
  runs = 0;
  fired = 0;
  resolved = 0;
  rejected = 0;
  /** Rejected, and nothing was changed; rejected, and yet it was done: the failure came after the commit. */
  undone = 0;
  done = 0;
  readonly codes = new Map<string, number>();
  readonly failures: string[] = [];
}

testWith("python3")("whichever call fails, the outcome is one or the other, the error has a code, and the lock is free", { timeout: cases(600_000, 7_200_000) }, async () => {
  const native = new NativeChecker();
  onTestFinished(() => native.close());
  const tally = new Tally();
  for (const work of await brokenWork()) {
    if (onlyName && work.name !== onlyName) continue;
    const bench = new Bench(fastTempDir(), native, work, tally);
    await bench.measure();
    for (const fault of faultsFor(work, bench.calls)) {
      if (onlyName && `${fault.at}|${fault.kind}|${fault.mode}` !== `${onlyAt}|${onlyKind}|${onlyMode}`) continue;
      await bench.run(fault);
    }
  }
  const { runs, fired, resolved, rejected, undone, done } = tally;
  process.stdout.write(`faults: ${JSON.stringify({ runs, fired, resolved, rejected, undone, done, codes: Object.fromEntries(tally.codes), failures: tally.failures.length })}\n`);
  expect(tally.failures).toEqual([]);
  if (!onlyName) expect(Math.min(resolved, undone, done)).toBeGreaterThan(0);
});

/** In the long form every kind of fault at every call, in the short one each call gets one of them. */
function faultsFor(work: BrokenWork, calls: number): Fault[] {
  const all: Fault[] = [];
  for (let at = 1; at <= calls; at++) {
    const here: Fault[] = (["once", "late", "for good"] as Mode[]).flatMap((mode) => ERRORS.map((kind): Fault => ({ at, kind, mode })));
    here.push({ at, kind: "short", mode: "once" }, { at, kind: "short", mode: "for good" });
    all.push(...(isLong || onlyName ? here : [new Random(work.name, at).pick(here)]));
  }
  return all;
}

/** Does one piece of work again and again, while something fails. */
class Bench {
  calls = 0;
  readonly #folder: string;
  readonly #native: NativeChecker;
  readonly #work: BrokenWork;
  readonly #tally: Tally;
  #before = "";
  #after = "";
  #round = 0;

  constructor(folder: string, native: NativeChecker, work: BrokenWork, tally: Tally) {
    this.#folder = folder;
    this.#native = native;
    this.#work = work;
    this.#tally = tally;
  }

  /** Once with nothing done, once with all of it. */
  async measure(): Promise<void> {
    const path = this.#prepare();
    this.#before = (await this.#native.shape(path)).hash;
    const other = this.#prepare();
    const outcomes = await this.#do(other);
    expect(outcomes.every(({ status }) => status === (this.#work.isRefused ? "rejected" : "fulfilled")), this.#work.name).toBe(true);
    this.calls = faulty.fs.calls.length;
    this.#after = (await this.#native.shape(other)).hash;
  }

  async run(fault: Fault): Promise<void> {
    const path = this.#prepare();
    const fail = (what: string): void => void this.#tally.failures.push(`${this.#work.name}|${fault.at}|${fault.kind}|${fault.mode}: ${faulty.fs.fired[0]}: ${what}`);
    try {
      await this.#runOn(path, fault, fail);
    } catch (error) {
      faulty.fs.disarm();
      fail((error as Error).stack ?? String(error));
    }
  }

  async #runOn(path: string, fault: Fault, fail: (what: string) => void): Promise<void> {
    const tally = this.#tally;
    const outcomes = await this.#do(path, fault, async (db) => {
      const { fired } = faulty.fs;
      tally.runs++;
      if (fired.length > 0) tally.fired++;
      // Shut while the lock cannot be given back, and while there is a journal that an old SQLite would not roll back.
      const mayBeShut = fault.mode === "for good" || (statSync(`${path}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
      if (!mayBeShut) await this.#expectFree(path, fail);
      if (db !== undefined && this.#work.name !== "close") await expectUsable(db, fail);
    });
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") {
        tally.resolved++;
        continue;
      }
      tally.rejected++;
      const error: unknown = outcome.reason;
      if (!isProgressDbError(error)) fail(`an error without a code: ${String((error as Error).stack)}`);
      else if (!CODES.includes(error.code) || error.hint === "") fail(`${error.code}, ${error.hint}: ${error.message}`);
      else tally.codes.set(error.code, (tally.codes.get(error.code) ?? 0) + 1);
    }
    // On a copy, which SQLite may recover by itself.
    const copy = databaseOf(join(path, "../../../copy"));
    writeFiles(copy, readFiles(path));
    const { hash, faults } = await this.#native.shape(copy);
    if (faults.length > 0) fail(`damaged: ${faults.join()}`);
    if (this.#work.effects === undefined) this.#expectOneOrTheOther(outcomes, hash, fail);
    else await expectEachDoneOnce(copy, this.#work.effects, outcomes, fail);

    await this.#expectUsedByOthers(path, fail);
    await this.#expectFree(path, fail);
    await this.#expectNothingLeft(path, fault.mode, fail);
  }

  #expectOneOrTheOther(outcomes: readonly PromiseSettledResult<unknown>[], hash: string, fail: (what: string) => void): void {
    const isAfter = hash === this.#after;
    if (!isAfter && hash !== this.#before) fail("neither before nor after");
    if (this.#before === this.#after) return;
    const [outcome] = outcomes;
    if (outcome?.status === "fulfilled") {
      if (!isAfter) fail("acknowledged, and not there");
      return;
    }
    this.#tally[isAfter ? "done" : "undone"]++;
    // What a colony is ensured by goes on after its database's commit.
    if (isAfter && "handle" in this.#work.run && !isUnknown(outcome?.reason)) fail("said to have changed nothing, and done");
  }

  #prepare(): string {
    const path = databaseOf(join(this.#folder, String(++this.#round), "colony"));
    writeFiles(path, this.#work.files);
    return path;
  }

  /** Does the work under the fault, and looks around before all is closed. */
  async #do(path: string, fault?: Fault, look?: (db: ProgressDb | undefined) => Promise<void>): Promise<PromiseSettledResult<unknown>[]> {
    const { run, prepare, tidy } = this.#work;
    const colony = join(path, "../..");
    const db = "handle" in run ? await openProgressDb(path, options) : undefined;
    prepare?.(path);
    faulty.fs.arm(join(colony, ".."), fault);
    const outcomes = await Promise.allSettled("handle" in run ? run.handle(db!) : run.colony(colony, options));
    faulty.fs.disarm();
    tidy?.(path);
    await look?.(db);
    await db?.close();
    return outcomes;
  }

  /** Any other handle can work on what was left. */
  async #expectUsedByOthers(path: string, fail: (what: string) => void): Promise<void> {
    const others = { ...options, timeoutMs: PATIENCE_MS };
    try {
      if ("colony" in this.#work.run) await ensureProgressDb(join(path, "../.."), others);
      const db = await openProgressDb(path, others);
      await db.getProgress();
      await db.close();
    } catch (error) {
      fail(`others cannot use it: ${String(error)}`);
    }
  }

  async #expectFree(path: string, fail: (what: string) => void): Promise<void> {
    if (await isSo(() => !existsSync(`${path}.lock`))) {
      const isWal = existsSync(path) && readFileSync(path)[18] === 2; // `unix-dotfile` does not open such a file.
      if (existsSync(path) && !isWal) await this.#native.enter(path).catch((error) => fail(`a native client does not get in: ${String(error)}`));
    } else {
      fail("the lock is there");
    }
  }

  async #expectNothingLeft(path: string, mode: Mode, fail: (what: string) => void): Promise<void> {
    // A config's temporary file that could not be removed is tried once only.
    const isOurs = (name: string): boolean => /^(data|worker\.json|progress\.db(-journal|-wal|-shm)?)$/.test(name) || (mode === "for good" && name.startsWith(".worker.json."));
    const beside = (): string[] => [...readdirSync(join(path, "../..")), ...readdirSync(dirname(path))].filter((name) => !isOurs(name));
    if (!(await isSo(() => beside().length === 0))) fail(`left beside the database: ${beside().join()}`);
    const left = [...faulty.fs.open.values()].filter((each) => each.startsWith(join(path, "../../..")));
    if (left.length > 0) fail(`left open: ${left.join()}`);
  }
}

/** How long what failed for a while may take until it is mended by itself, milliseconds. */
const PATIENCE_MS = 10_000;

async function isSo(condition: () => boolean): Promise<boolean> {
  for (const end = performance.now() + PATIENCE_MS; !condition(); await sleep(5)) if (performance.now() > end) return false;
  return true;
}

function isUnknown(error: unknown): boolean {
  return isProgressDbError(error) && error.details["outcome"] === "unknown";
}

/** Of a group: what was acknowledged was done once, what was rejected not at all, and what is not known at most once. */
async function expectEachDoneOnce(
  path: string, effects: readonly string[], outcomes: readonly PromiseSettledResult<unknown>[], fail: (what: string) => void,
): Promise<void> {
  const db = await openProgressDb(path, options);
  for (const [index, outcome] of outcomes.entries()) {
    const times = await db.read((sql) => sql.get<{ n: number }>(effects[index]!)!.n);
    const isAsSaid = outcome.status === "fulfilled" ? times === 1 : isUnknown(outcome.reason) ? times <= 1 : times === 0;
    if (!isAsSaid) fail(`number ${index} of the group is ${outcome.status} and was done ${times} times`);
  }
  await db.close();
}

/** The handle takes work again, or says plainly that it is closed. */
async function expectUsable(db: ProgressDb, fail: (what: string) => void): Promise<void> {
  try {
    await db.getProgress();
    await db.transaction((sql) => sql.run("UPDATE colony_meta SET value = value"));
  } catch (error) {
    if (!isProgressDbError(error) || error.code !== "CLOSED") fail(`the handle is not usable: ${String(error)}`);
  }
}
