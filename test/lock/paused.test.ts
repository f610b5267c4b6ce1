import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { ensureProgressDb, enqueueTask, openProgressDb, type ProgressDb, type ProgressDbError, seedTasks } from "hive-progress-db";
import { breakLock } from "hive-progress-db/lock/dotfile";
import { expect, onTestFinished } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { type Program, startHolder } from "../processes/program.ts";

/** A process stopped while it holds the lock. `gate` lets it leave the transaction once it wakes. */
async function stoppedHolder(moment: Moment): Promise<{ dbPath: string; gate: string; holder: Program; db: ProgressDb }> {
  const dbPath = await ensureProgressDb(tempDir());
  await seedTasks(dbPath, Array.from({ length: 50 }, () => ({ goal: "task", payload: "x".repeat(2000) })));
  const gate = `${dbPath}-gate`;
  const db = await openProgressDb(dbPath, { timeoutMs: 400 });
  onTestFinished(() => db.close());
  const holder = await startHolder(tempDir(), dbPath, moment, gate);
  holder.kill("SIGSTOP");
  return { dbPath, gate, holder, db };
}

/** The path that the error's hint says to remove. */
const pathIn = (hint: string): string => /remove (\S+)/.exec(hint)![1]!;

type Moment = Parameters<typeof startHolder>[2];

const WHENS = { before: "before its first write", between: "between its writes", spilled: "with half of its writes on disk" };

for (const moment of ["before", "between", "spilled"] as const) {
  for (const way of ["breakLock", "by hand"]) {
    testWith("sqlite3")(`a holder stopped ${WHENS[moment]} is alive; its lock broken (${way}), it wakes and writes nothing`, async () => {
      const { dbPath, gate, holder, db } = await stoppedHolder(moment);
      const before = statSync(dbPath).size;

      // Stopped is not dead.
      const begin = performance.now();
      const refused = await db.enqueueTask("in vain").then(() => undefined, (error: ProgressDbError) => error);
      expect(refused).toMatchObject({ code: "BUSY", details: { holder: { pid: holder.pid } } });
      expect(performance.now() - begin).toBeLessThan(500);

      // The state is what the name says: the journal and the database, as far as they are on disk.
      const journal = statSync(`${dbPath}-journal`, { throwIfNoEntry: false })?.size ?? 0;
      if (moment === "spilled") {
        expect(journal).toBeGreaterThan(0);
        expect(before).toBeGreaterThan(5_000_000);
      } else {
        expect(journal).toBe(0);
      }

      if (way === "breakLock") breakLock(dbPath);
      else rmSync(pathIn(refused!.hint));
      const id = await enqueueTask(dbPath, "by another");
      expect(sqlite3(dbPath, "SELECT count(*) FROM tasks; SELECT count(*) FROM tasks WHERE goal = 'half done'")).toBe("51\n0");
      const bytes = readFileSync(dbPath);

      writeFileSync(gate, "");
      holder.kill("SIGCONT");
      expectLockLost(await holder.line(), dbPath);
      expect(readFileSync(dbPath).equals(bytes)).toBe(true);
      expect(sqlite3(dbPath, "PRAGMA integrity_check")).toBe("ok");
      await expectItWorksAgain(holder, dbPath);
      expect(sqlite3(dbPath, `SELECT goal FROM tasks WHERE id = '${id}'`)).toBe("by another");
    });
  }
}

testWith("sqlite3")("a holder that wakes while another is in the middle of writing leaves its pages and its journal alone", async () => {
  const { dbPath, gate, holder } = await stoppedHolder("spilled");
  breakLock(dbPath);
  const other = await startHolder(tempDir(), dbPath, "spilled", `${dbPath}-other-gate`);
  const files = [dbPath, `${dbPath}-journal`];
  const bytes = files.map((path) => readFileSync(path));
  expect(bytes[1]!.length).toBeGreaterThan(0);

  writeFileSync(gate, "");
  holder.kill("SIGCONT");
  expectLockLost(await holder.line(), dbPath);
  expect(files.map((path, index) => readFileSync(path).equals(bytes[index]!))).toEqual([true, true]);

  writeFileSync(`${dbPath}-other-gate`, "");
  await other.hear("committed");
  expect(sqlite3(dbPath, "PRAGMA integrity_check; SELECT count(*), sum(goal = 'half done') FROM tasks")).toBe("ok\n450|450");
  await expectItWorksAgain(holder, dbPath);
  await expectItWorksAgain(other, dbPath);
});

testWith("sqlite3")("a reader that wakes after its lock was broken never returns half of another's writes", async () => {
  const { dbPath, gate, holder } = await stoppedHolder("reading");
  breakLock(dbPath);
  const db = await openProgressDb(dbPath);
  await db.transaction((sql) => sql.run("UPDATE tasks SET goal = 'changed'"));
  await db.close();
  writeFileSync(gate, "");
  holder.kill("SIGCONT");
  const outcome = JSON.parse(await holder.line());
  if (outcome.goals === undefined) expect(outcome).toMatchObject({ code: "BUSY", details: { lockLost: true } });
  else expect([["task"], ["changed"]]).toContainEqual(outcome.goals);
});

function expectLockLost(line: string, dbPath: string): void {
  const outcome = JSON.parse(line) as ProgressDbError;
  expect(outcome).toMatchObject({ name: "ProgressDbError", code: "BUSY", details: { path: dbPath, lockLost: true } });
  expect(outcome.message).toMatch(/taken away/);
}

async function expectItWorksAgain(holder: Program, dbPath: string): Promise<void> {
  holder.say("work");
  const [id] = await holder.rest();
  expect(sqlite3(dbPath, `SELECT goal FROM tasks WHERE id = '${id}'; PRAGMA integrity_check`)).toBe("after waking\nok");
}

testWith("sqlite3")("a lock broken over a journal stays shut to native clients until one of ours has rolled it back", async () => {
  const { dbPath } = await stoppedHolder("spilled");
  const native = (): string => spawnSync("sqlite3", ["-vfs", "unix-dotfile", dbPath, "SELECT count(*) FROM tasks; PRAGMA integrity_check"], { encoding: "utf8" }).stdout;
  breakLock(dbPath);
  expect(native()).toBe("");
  await enqueueTask(dbPath, "by another");
  expect(native()).toBe("51\nok\n");
});
