import * as fs from "node:fs";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Durability, isProgressDbError, type LockAdapter, openProgressDb, type OpenOptions, type ProgressDb, type SqlRow } from "hive-progress-db";
import { memoryLock } from "hive-progress-db/lock/memory";
import { memory } from "hive-progress-db/persistence/memory";
import { nodeFile } from "hive-progress-db/persistence/node-file";
import type { NativeChecker } from "../native-checker.ts";
import { clock, databaseOf, FILE_NAMES, filesBefore, type Operation, writeFiles } from "../operations.ts";
import { Random } from "../random.ts";
import { ALL, Disk, type Files, type Outcome, plain, reordered, torn } from "./disk.ts";
import { type Call, recording } from "./recording.ts";

/** Crashes of recorded work: at every call, with several outcomes each, and what is left of the ledger then. */

/** What a database holds, as a hash; `NOTHING` when there is no ledger in it. */
export type State = string;
export const NOTHING = "nothing";

/** Work that was done once, undisturbed. */
export interface Recording {
  readonly name: string;
  readonly durability: Durability;
  readonly before: Files;
  readonly calls: readonly Call[];
  /** The files before the first piece of work, and after each. */
  readonly files: readonly Files[];
  /** After how many calls each was acknowledged. */
  readonly acknowledgedAt: readonly number[];
}

/** A lock as strong as the native one: with it a file stays in WAL mode, and is shared with native clients in turns. */
export function strongLock(): LockAdapter {
  return { ...memoryLock(), excludes: { otherProcesses: true, unixDotfile: true, unix: true } };
}

/** Does each operation in turn on a store in memory, noting its calls. */
export async function record(
  name: string, operations: readonly Operation[], durability: Durability, { files, lock = memoryLock() }: { files?: Files; lock?: LockAdapter } = {},
): Promise<Recording> {
  const folder = mkdtempSync(join(tmpdir(), "hive-progress-db-record-"));
  const colony = join(folder, "colony");
  const path = databaseOf(colony);
  const before = files ?? (await filesBefore(operations[0]!.before));
  const below = memory();
  for (const [file, bytes] of before) below.put(path + file, bytes);
  const { store, calls } = recording(below, path);
  const options: OpenOptions = { persistence: store, lock, durability, clock, nativeClients: "none" };
  const filesNow = (): Files => new Map(FILE_NAMES.flatMap((file) => {
    const bytes = below.bytes(path + file);
    return bytes === undefined ? [] : [[file, bytes]];
  }));
  const filesThen = [filesNow()];
  const acknowledgedAt: number[] = [];
  try {
    let handle: ProgressDb | undefined;
    for (const { run } of operations) {
      const promises = "handle" in run ? run.handle((handle ??= await openProgressDb(path, options))) : run.colony(colony, options);
      const at = await Promise.all(promises.map((promise) => promise.then(() => calls.length)));
      acknowledgedAt.push(Math.min(...at));
      filesThen.push(filesNow());
    }
    await handle?.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { name, durability, before, calls, files: filesThen, acknowledgedAt };
}

/** One crash: after so many calls, with this outcome. */
export interface Crash {
  readonly at: number;
  readonly outcome: string;
  readonly files: Files;
  /** The fewest pieces of work that must have survived, and the most that can have. */
  readonly least: number;
  readonly most: number;
}

/** How many of the seeded outcomes to try at each call. */
export interface Extent {
  readonly reordered: number;
  readonly torn: number;
}

/** Every crash of the recorded work that is wanted and leaves something of its own on the disk. A name is such as `12/torn/3`. */
export function* crashesOf(recorded: Recording, extent: Extent, isWanted: (name: string) => boolean = () => true): Generator<Crash> {
  const { calls, acknowledgedAt, durability } = recorded;
  // As SQLite's own NORMAL, ours counts on a journaling file system.
  const disk = new Disk(recorded.before, durability === "normal");
  const seen = new Set<string>();
  for (let at = 0; at <= calls.length; at++) {
    if (at > 0) disk.apply(calls[at - 1]!);
    const acknowledged = acknowledgedAt.filter((each) => each <= at).length;
    const most = Math.min(acknowledged + 1, acknowledgedAt.length);
    for (const [name, outcome] of outcomesAt(recorded, at, disk.isWaiting ? extent : undefined)) {
      if (!isWanted(`${at}/${name}`)) continue;
      if (outcome !== ALL && durability === "process") continue; // It promises nothing about power cuts.
      // The end of a process loses nothing; a power cut may undo what was acknowledged at `normal`.
      const least = outcome === ALL || durability === "full" ? acknowledged : 0;
      const files = disk.crash(outcome);
      const key = [least, most, ...[...files].map(([file, bytes]) => `${file}:${createHash("sha256").update(bytes).digest("hex")}`)].join();
      if (seen.has(key)) continue;
      seen.add(key);
      yield { at, outcome: name, files, least, most };
    }
  }
}

function outcomesAt({ name, durability }: Recording, at: number, extent: Extent | undefined): [string, Outcome][] {
  if (extent === undefined) return [["all", ALL]];
  const seeded = (kind: string, count: number, make: (random: Random) => Outcome): [string, Outcome][] =>
    Array.from({ length: count }, (_, seed) => [`${kind}/${seed}`, make(new Random(name, durability, at, kind, seed))]);
  return [
    ["all", ALL], ["none", plain(false, false)], ["data", plain(true, false)], ["metadata", plain(false, true)],
    ...seeded("reordered", extent.reordered, reordered), ...seeded("torn", extent.torn, torn),
  ];
}

/** Real files, whose syncs are left out: no power is cut here, and thousands of them would take minutes. */
export const realFiles = nodeFile({ ...fs, fdatasyncSync: () => {}, fsyncSync: () => {} });

export interface Recovery {
  readonly state: State;
  /** What the recovery did to the disk. */
  readonly calls: readonly Call[];
}

/** Opens real files with the library, which recovers them, and reads all there is. */
export async function recover(path: string, files: Files, durability: Durability): Promise<Recovery> {
  writeFiles(path, files);
  const { store, calls } = recording(realFiles, path);
  return { state: await stateOf(path, { persistence: store, lock: memoryLock(), durability, clock }), calls };
}

/** What a database holds, read with the library. */
export async function stateOf(path: string, options: OpenOptions): Promise<State> {
  try {
    const db = await openProgressDb(path, options);
    try {
      return await db.read((sql) => {
        const schema = sql.all("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
        const content: SqlRow[][] = [schema, sql.all("PRAGMA user_version")];
        for (const { type, name } of schema) if (type === "table") content.push(sql.all(`SELECT * FROM "${String(name)}" ORDER BY rowid`));
        return createHash("sha256").update(JSON.stringify(content)).digest("hex");
      });
    } finally {
      await db.close();
    }
  } catch (error) {
    if (isProgressDbError(error) && error.code === "NOT_FOUND") return NOTHING;
    throw error;
  }
}

/** The state before the first piece of work and after each, as the library sees it and as SQLite does. */
export interface States {
  readonly ours: readonly State[];
  readonly native: readonly State[];
}

export async function statesOf(folder: string, { files }: Recording, native: NativeChecker | undefined): Promise<States> {
  const states = { ours: [] as State[], native: [] as State[] };
  const path = join(folder, "progress.db");
  for (const each of files) {
    states.ours.push((await recover(path, each, "full")).state);
    writeFiles(path, each);
    if (native !== undefined) states.native.push((await native.state(path)).hash);
  }
  return states;
}

