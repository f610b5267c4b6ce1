import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Durability, ensureProgressDb, seedTasks } from "hive-progress-db";
import { afterAll, describe, expect } from "vitest";
import { killedDatabase } from "../colony-kit.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { Actor, type StopAt } from "../processes/actor.ts";
import { cases } from "../proof.ts";
import { copyOf, expectQuick, expectSound, leftBehind, recover } from "./recovery.ts";

const ROUNDS = cases(1, 8);
const REWRITE = ["sql", [["UPDATE tasks SET goal = 'changed'"]]] as const;

/** A process that is killed, and a database; the verb under way stops where it is told. */
interface Scene {
  readonly victim: Actor;
  readonly dbPath: string;
  readonly folder: string;
  readonly stopAt: StopAt;
}

/** What the victim is about when it is killed. Returns who is to go on afterwards, if anybody. */
type Act = (scene: Scene) => Promise<Actor | undefined>;

interface Point extends StopAt {
  readonly name: string;
  /** What must be there at the moment of the kill. */
  readonly journal?: true;
  readonly lock?: true;
  /** Has what the victim was about to write happened? */
  readonly written?: true;
}

interface Scenario {
  /** Makes the database; returns its path. */
  readonly prepare: (folder: string) => Promise<string> | string;
  readonly act: Act;
  readonly points: readonly Point[];
  /** The tasks that must be there in the end, and whether one had been acknowledged before. */
  readonly tasks: (point: Point) => string;
}

/** 40 tasks, on more pages than are of use to count. */
async function ledger(folder: string): Promise<string> {
  const dbPath = await ensureProgressDb(folder);
  await seedTasks(dbPath, Array.from({ length: 40 }, (_, seq) => ({ goal: "as it was", seq, payload: "x".repeat(2500) })));
  return dbPath;
}
const rewritten = (point: Point): string => (point.written ? "changed|40" : "as it was|40");
const rewrittenAfterOne = (point: Point): string => (point.written ? "changed|41" : "acknowledged|1\nas it was|40");

const inTransaction = (durability: Durability): Act => async ({ victim, dbPath, stopAt }) => {
  await victim.ask("open", [dbPath, { durability }]);
  await victim.ask("enqueueTask", ["acknowledged", { id: "acknowledged" }]);
  void victim.tell(...REWRITE, { stopAt });
  return undefined;
};

const opening: Act = async ({ victim, dbPath, stopAt }) => {
  void victim.tell("open", [dbPath], { stopAt });
  return undefined;
};

/** Nothing was there before. */
const creating: Act = async ({ victim, folder, stopAt }) => {
  void victim.tell("ensure", [folder], { stopAt });
  return undefined;
};

/** Python was killed in WAL mode before; what it committed is in the `-wal` only. */
const converting: Act = async ({ victim, dbPath, stopAt }) => {
  await victim.ask("open", [dbPath, { nativeClients: "none" }]);
  void victim.tell("enqueueTask", ["converted"], { stopAt });
  return undefined;
};

const closing: Act = async ({ victim, dbPath, stopAt }) => {
  await victim.ask("open", [dbPath]);
  void victim.tell("close", [], { stopAt });
  return undefined;
};

/** Another has the lock, alive: it stands still in the middle of a transaction. */
const waiting: Act = async ({ victim, dbPath, folder, stopAt }) => {
  const holder = await Actor.start(folder);
  await holder.ask("open", [dbPath]);
  await victim.ask("open", [dbPath]);
  void holder.tell("enqueueTask", ["acknowledged", { id: "acknowledged" }], { stopAt: { call: "write journal" } });
  await holder.stopped();
  void victim.tell(...REWRITE, { stopAt });
  return holder;
};

/** Another had the lock, and was killed with half of its pages written: the victim takes over. */
const inheriting: Act = async ({ victim, dbPath, folder, stopAt }) => {
  const holder = await Actor.start(folder);
  await holder.ask("open", [dbPath]);
  void holder.tell(...REWRITE, { stopAt: { call: "write database", number: 12, when: "after" } });
  await holder.stopped();
  await holder.kill();
  void victim.tell("open", [dbPath], { stopAt });
  return undefined;
};

const SCENARIOS: Record<string, Scenario> = {
  "in a transaction": {
    prepare: ledger,
    tasks: rewrittenAfterOne,
    act: inTransaction("full"),
    points: [
      { name: "before its first write", call: "write journal", lock: true },
      { name: "the journal written, not synced", call: "sync journal", lock: true, journal: true },
      { name: "the journal's header not synced", call: "sync journal", number: 2, lock: true, journal: true },
      { name: "the journal synced", call: "sync journal", number: 2, when: "after", lock: true, journal: true },
      { name: "one page written", call: "write database", when: "after", lock: true, journal: true },
      { name: "half the pages written", call: "write database", number: 12, when: "after", lock: true, journal: true },
      { name: "all pages written, not synced", call: "sync database", lock: true, journal: true },
      { name: "before the truncation of the journal", call: "truncate journal", lock: true, journal: true },
      { name: "after the truncation of the journal", call: "truncate journal", when: "after", lock: true, written: true },
      { name: "before it lets go of the lock", call: "remove lock", lock: true, written: true },
      { name: "after it let go of the lock", call: "remove lock", when: "after", written: true },
    ],
  },
  "in a transaction that syncs nothing": {
    prepare: ledger,
    tasks: rewrittenAfterOne,
    act: inTransaction("process"),
    points: [
      { name: "before its first write", call: "write journal", lock: true },
      { name: "before the first page is written", call: "write database", lock: true, journal: true },
      { name: "half the pages written", call: "write database", number: 12, when: "after", lock: true, journal: true },
      { name: "before the truncation of the journal", call: "truncate journal", lock: true, journal: true },
      { name: "after the truncation of the journal", call: "truncate journal", when: "after", lock: true, written: true },
    ],
  },
  "opening": {
    prepare: ledger,
    tasks: rewritten,
    act: opening,
    points: [
      { name: "its folder made", call: "make owners", when: "after" },
      { name: "its facts begun", call: "make facts", when: "after" },
      { name: "its facts not synced", call: "sync facts" },
      { name: "between making its facts and the link", call: "link lock" },
      { name: "holding the lock", call: "link lock", when: "after", lock: true },
    ],
  },
  "closing": {
    prepare: ledger,
    tasks: rewritten,
    act: closing,
    points: [
      { name: "before it takes its facts away", call: "remove facts" },
      { name: "before it removes the folder", call: "remove owners" },
    ],
  },
  "waiting for a living holder": {
    prepare: ledger,
    tasks: rewrittenAfterOne,
    act: waiting,
    points: [
      { name: "before it joins the line", call: "link waiting", lock: true },
      { name: "in line", call: "link waiting", when: "after", lock: true },
    ],
  },
  "taking over from the dead": {
    prepare: ledger,
    tasks: rewritten,
    act: inheriting,
    points: [
      { name: "before it names itself heir", call: "link heir", lock: true, journal: true },
      { name: "named as heir", call: "link heir", when: "after", lock: true, journal: true },
      { name: "before it takes the dead one's place", call: "rename lock", lock: true, journal: true },
      { name: "in the dead one's place", call: "rename lock", when: "after", lock: true, journal: true },
      { name: "sweeping up after the dead", call: "remove facts", when: "after", lock: true, journal: true },
      { name: "half of the pages put back", call: "write database", number: 6, when: "after", lock: true, journal: true },
      { name: "all pages put back, not synced", call: "sync database", lock: true, journal: true },
      { name: "before the end of the dead one's journal", call: "remove journal", lock: true, journal: true },
      { name: "after the end of the dead one's journal", call: "remove journal", when: "after", lock: true },
    ],
  },
  "creating a database": {
    prepare: (folder) => join(folder, "data", "progress.db"),
    tasks: () => "",
    act: creating,
    points: [
      { name: "its file made, and empty", call: "make database", when: "after" },
      { name: "before the first page", call: "write database", lock: true, journal: true },
      { name: "half of the schema written", call: "write database", number: 8, when: "after", lock: true, journal: true },
      { name: "all of the schema written, not committed", call: "truncate journal", lock: true, journal: true },
      { name: "committed", call: "truncate journal", when: "after", lock: true },
    ],
  },
  "taking a file of Python's out of WAL mode": {
    prepare: killedDatabase,
    tasks: () => "committed|3",
    act: converting,
    points: [
      { name: "before it takes anything from the -wal", call: "write database", lock: true },
      { name: "half of the -wal taken over", call: "write database", number: 3, when: "after", lock: true },
      { name: "before the -wal is removed", call: "remove wal", lock: true },
      { name: "after the -wal is removed", call: "remove wal", when: "after", lock: true },
      { name: "the header about to say so", call: "sync journal", number: 2, when: "after", lock: true, journal: true },
      { name: "the header says so, uncommitted", call: "truncate journal", lock: true, journal: true },
      { name: "converted", call: "truncate journal", when: "after", lock: true },
    ],
  },
};

/** How often at each point. */
const killed = new Map<string, number>();
const recoveries: number[] = [];

for (const [doing, scenario] of Object.entries(SCENARIOS)) {
  describe(`killed ${doing}`, () => {
    for (const point of scenario.points) {
      testWith("sqlite3", "python3")(point.name, { timeout: 60_000 + ROUNDS * 20_000 }, async () => {
        for (let round = 0; round < ROUNDS; round++) await killAt(scenario, point);
        killed.set(`${doing}: ${point.name}`, ROUNDS);
      });
    }
  });
}

async function killAt({ prepare, act, tasks }: Scenario, point: Point): Promise<void> {
  const folder = tempDir();
  const [dbPath, victim] = await Promise.all([prepare(folder), Actor.start(folder)]);
  const stopped = victim.stopped();
  const survivor = await act({ victim, dbPath, folder, stopAt: point });
  expect(await Promise.race([stopped, sleep(30_000, "nowhere")]), "where it stopped").toBe(point.call);
  await victim.kill();
  expect(leftBehind(dbPath), "at the moment of the kill").toEqual({ journal: point.journal ?? false, lock: point.lock ?? false });

  const copy = survivor === undefined && act !== creating ? copyOf(dbPath, join(folder, "copy"), "-journal", "-wal") : undefined;
  if (survivor !== undefined) {
    await survivor.wake();
    await survivor.ask("close"); // It goes on as if nothing had been, and is the last to leave.
    expectSound(dbPath);
  }
  if (act === creating) await ensureProgressDb(folder);
  recoveries.push(await recover(dbPath, { nativeClients: "none" }));
  expectSound(dbPath, copy);
  expect(sqlite3(dbPath, "SELECT goal, count(*) FROM tasks GROUP BY goal")).toBe(tasks(point));
}

afterAll(() => {
  const total = [...killed.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(`kills at named points: ${total} at ${killed.size} points; ${expectQuick(recoveries)}\n`);
});
