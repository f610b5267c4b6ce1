import { ensureProgressDb, openProgressDb, type ProgressDb, type ProgressDbError } from "hive-progress-db";
import { breakLock, dotfile } from "hive-progress-db/lock/dotfile";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { InterruptedFiles } from "./interrupted-files.ts";

interface Case {
  readonly seed: (db: ProgressDb) => Promise<unknown>;
  readonly work: (db: ProgressDb, goal: string) => Promise<unknown>;
  /** Interrupted after every call, or after a few of each kind. */
  readonly isSampled: boolean;
}

const INSERT = "INSERT INTO tasks (id, goal, created_at, updated_at) VALUES (?, ?, '', '')";

const CASES: Record<string, Case> = {
  "a small transaction": {
    seed: (db) => db.seedTasks(Array.from({ length: 40 }, (_, index) => ({ goal: `task ${index}` }))),
    work: (db, goal) => db.enqueueTask(goal),
    isSampled: false,
  },
  "a transaction that does not fit in the cache": {
    seed: (db) => db.transaction((sql) => sql.run(`
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)
      INSERT INTO tasks (id, goal, payload, created_at, updated_at) SELECT 'large-' || n, 'large', printf('%.*c', 3500, 'y'), '', '' FROM number`)),
    work: (db, goal) => db.transaction((sql) => {
      sql.run(INSERT, [goal, goal]);
      sql.run("UPDATE tasks SET payload = ? || substr(payload, length(?) + 1)", [goal, goal]);
    }),
    isSampled: true,
  },
};

for (const [name, { seed, work, isSampled }] of Object.entries(CASES)) {
  testWith("sqlite3")(`${name} that loses its lock at any step is there or not, and says which`, { timeout: 120_000 }, async () => {
    const dbPath = await ensureProgressDb(tempDir());
    const files = new InterruptedFiles();
    const db = await openProgressDb(dbPath, { persistence: files.persistence, lock: dotfile() });
    await seed(db);
    files.interrupt("", 0, () => {});
    await work(db, "undisturbed");

    const steps = [...files.calls].flatMap(([kind, count]) => {
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      return (isSampled && count > 3 ? [1, Math.ceil(count / 2), count] : numbers).map((number) => ({ kind, number }));
    });
    const outcomes = { committed: 0, lost: 0, undisturbed: 0 };
    for (const [index, { kind, number }] of steps.entries()) {
      const step = `${kind}, number ${number}`;
      let happened = false;
      files.interrupt(kind, number, () => {
        happened = true;
        breakLock(dbPath);
        // The ordinary VFS, as if alone: it rolls back what we left, and does not see our lock.
        sqlite3(dbPath, `INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('other-${index}', 'native', '', '')`);
      });
      const error = await work(db, `ours-${index}.`).then(() => undefined, (reason: ProgressDbError) => reason);
      if (error !== undefined) expect(error, step).toMatchObject({ code: "BUSY", details: { lockLost: true } });
      outcomes[error !== undefined ? "lost" : happened ? "committed" : "undisturbed"]++;
      // What it said is so, the other's work is there, and all is sound.
      const [ours, other, check] = sqlite3(dbPath, `SELECT count(*) FROM tasks WHERE goal = 'ours-${index}.';
        SELECT count(*) FROM tasks WHERE id = 'other-${index}'; PRAGMA integrity_check`).split("\n");
      expect([step, ours, other, check]).toEqual([step, error === undefined ? "1" : "0", happened ? "1" : "0", "ok"]);
      // Not a page of what was rejected, either.
      const touched = Number(sqlite3(dbPath, `SELECT count(*) FROM tasks WHERE payload LIKE 'ours-${index}.%'`));
      if (error !== undefined) expect([step, touched]).toEqual([step, 0]);
    }

    process.stdout.write(`${name}: lock lost after ${steps.length} different calls: ${JSON.stringify(outcomes)}\n`);
    await db.enqueueTask("goes on");
    await db.close();
    expect(outcomes.lost).toBeGreaterThan(5);
    expect(outcomes.undisturbed).toBeLessThan(3);
  });
}
