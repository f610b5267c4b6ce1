import { sleep } from "../clock.ts";
import { EXCLUSIVE, NONE, RESERVED, SHARED, type Lock, type LockAdapter, type LockLevel } from "../lock/lock.ts";
import { assert, assertEqual, type Case } from "./case.ts";

/** An adapter, and the path of a database that nobody has locked; the next case gets another path. */
export interface LockSubject {
  readonly adapter: LockAdapter;
  readonly path: string;
}

export const lockCases: readonly Case<LockSubject>[] = [
  {
    name: "a lock begins at NONE and rises level by level",
    why: "SQLite would read without a lock",
    run: (subject) => opened(subject, async (a) => {
      assertEqual(a.level, NONE, "level at first");
      for (const level of [SHARED, RESERVED, EXCLUSIVE] as const) {
        assert(await take(a, level), `lock(${level}) must succeed when nobody else is there`);
        assertEqual(a.level, level, "level");
        assert(a.held(), "held must be true while a level is held");
      }
    }),
  },
  {
    name: "asking for a level one has is granted and lowers nothing",
    why: "SQLite would lose its lock in mid-transaction",
    run: (subject) => opened(subject, async (a) => {
      await take(a, SHARED, RESERVED);
      assert(a.lock(SHARED), "a lower level must be granted");
      assertEqual(a.level, RESERVED, "level");
    }),
  },
  {
    name: "two writers exclude each other",
    why: "two transactions would overwrite each other",
    run: (subject) => opened(subject, async (a, b) => {
      assert(await take(a, SHARED, RESERVED), "the first must get RESERVED");
      assert(!(await take(b, SHARED, RESERVED)), "the second must not get RESERVED");
      assert(b.level < RESERVED, "a refusal must not raise the level");
    }),
  },
  {
    name: "EXCLUSIVE lets no reader in",
    why: "a reader would see half a transaction",
    run: (subject) => opened(subject, async (a, b) => {
      assert(await take(a, SHARED, RESERVED, EXCLUSIVE), "EXCLUSIVE must be granted");
      assert(!(await take(b, SHARED)), "SHARED must be refused");
      assertEqual(b.level, NONE, "level after a refusal");
      assert(!b.held(), "held after a refusal");
      assert(b.holder() !== undefined, "the holder in the way must be named");
    }),
  },
  {
    name: "unlocking to NONE lets the next one in",
    why: "one holder would shut out all others for ever",
    run: (subject) => opened(subject, async (a, b) => {
      await take(a, SHARED, EXCLUSIVE);
      a.unlock(NONE);
      assertEqual(a.level, NONE, "level");
      assert(!a.held(), "held after unlock");
      assert(await take(b, SHARED, EXCLUSIVE), "the other must get the lock");
    }),
  },
  {
    name: "unlocking to SHARED keeps SHARED",
    why: "SQLite would read on without a lock",
    run: (subject) => opened(subject, async (a, b) => {
      await take(a, SHARED, EXCLUSIVE);
      a.unlock(SHARED);
      assertEqual(a.level, SHARED, "level");
      assert(a.held(), "held");
      assert(!(await take(b, SHARED, RESERVED, EXCLUSIVE)), "another must not get EXCLUSIVE meanwhile");
    }),
  },
  {
    name: "one's own RESERVED is not reserved elsewhere",
    why: "a hot journal would never be rolled back, and torn pages be read",
    run: (subject) => opened(subject, async (a) => {
      await take(a, SHARED);
      assert(!a.reservedElsewhere(), "nobody else is there");
      a.lock(RESERVED);
      assert(!a.reservedElsewhere(), "the asker itself does not count");
    }),
  },
  {
    name: "another's RESERVED is reported to a reader",
    why: "a live transaction would be rolled back from outside",
    run: (subject) => opened(subject, async (a, b) => {
      if (!(await take(b, SHARED)) || !(await take(a, SHARED, RESERVED))) return; // Its readers exclude each other: nothing to report.
      assert(b.reservedElsewhere(), "the writer must be seen");
    }),
  },
  {
    name: "locks of different databases do not meet",
    why: "colonies would wait for each other",
    run: ({ adapter, path }) => opened({ adapter, path }, (a) => opened({ adapter, path: `${path}-other` }, async (b) => {
      assert(await take(a, SHARED, EXCLUSIVE), "the first must be granted");
      assert(await take(b, SHARED, EXCLUSIVE), "the second must be granted");
    })),
  },
  {
    name: "closing lets go of the lock",
    why: "a failed operation would leave a lock behind",
    run: (subject) => opened(subject, async (a, b) => {
      await take(a, SHARED, EXCLUSIVE);
      a.close();
      assert(await take(b, SHARED, EXCLUSIVE), "the other must get the lock");
    }),
  },
  {
    name: "a turn grants nothing, and an abort ends the wait at once",
    why: "an operation could not be given up",
    run: (subject) => opened(subject, async (a, b) => {
      await take(a, SHARED, EXCLUSIVE);
      const ending = new AbortController();
      const turn = b.turn(ending.signal);
      ending.abort();
      const first = await Promise.race([turn.then(() => "turn"), sleep(1000).then(() => "late")]);
      assertEqual(first, "turn", "what ended first");
      assertEqual(b.level, NONE, "level after a turn");
      assert(!b.lock(SHARED), "the holder still holds");
      b.leave();
    }),
  },
  {
    name: "contenders who take turns never hold the lock together, and all get it",
    why: "the lock would not be one, or would starve somebody",
    run: (subject) => opened(subject, async (a, b, c) => {
      let holders = 0;
      const contend = async (lock: Lock): Promise<void> => {
        for (let round = 0; round < 20; round++) {
          while (!(lock.mayBarge() && lock.lock(SHARED) && lock.lock(RESERVED) && lock.lock(EXCLUSIVE))) {
            lock.unlock(NONE);
            await lock.turn(AbortSignal.timeout(1000));
          }
          lock.leave();
          holders++;
          assertEqual(holders, 1, "holders");
          await sleep(0);
          holders--;
          lock.unlock(NONE);
        }
      };
      await Promise.all([a, b, c].map(contend));
    }),
  },
];

/** How long an adapter whose locks are granted asynchronously is given, milliseconds. */
const GRANT_MS = 100;

/** Raises a lock through the levels, with a turn if it needs one, as a handle does; true when it got them all. */
async function take(lock: Lock, ...levels: LockLevel[]): Promise<boolean> {
  const isTaken = (): boolean => levels.every((level) => lock.lock(level));
  if (isTaken()) return true;
  const ending = new AbortController();
  await Promise.race([lock.turn(ending.signal), sleep(GRANT_MS)]);
  const isTakenNow = isTaken();
  ending.abort();
  lock.leave();
  return isTakenNow;
}

/** Three locks on one database, closed whatever happens. */
async function opened(
  { adapter, path }: LockSubject, use: (a: Lock, b: Lock, c: Lock) => void | Promise<void>,
): Promise<void> {
  const locks = [adapter.open(path), adapter.open(path), adapter.open(path)] as const;
  try {
    await use(...locks);
  } finally {
    for (const lock of locks) lock.close();
  }
}
