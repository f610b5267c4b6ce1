import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { type Program, start } from "../processes/program.ts";
import { cases } from "../proof.ts";

const PROCESSES = 16;
const MS = cases(3000, 10_000);
/** On a busy machine so long takes longer: a share of a few writes would be a matter of luck. */
const LEAST_WRITES_EACH = 40;
const MOST_TURNS = 6;

testWith("sqlite3")(`${PROCESSES} processes that write without a break get a fair share each, and leave nothing behind`, { timeout: 300_000 }, async () => {
  const dbPath = await ensureProgressDb(tempDir());
  const programs: Program[] = [];
  while (programs.length < PROCESSES) { // A few at a time: the race is about writing, not about starting.
    const group = Array.from({ length: 4 }, (_, index) => start(tempDir(), "enqueuer", dbPath, `p${programs.length + index}`));
    await Promise.all(group.map((program) => program.hear("ready")));
    programs.push(...group);
  }
  const shares = programs.map(() => 0);
  const total = (): number => shares.reduce((sum, share) => sum + share, 0);
  let turns = 0;
  while (turns === 0 || (total() < PROCESSES * LEAST_WRITES_EACH && turns < MOST_TURNS)) {
    turns++;
    for (const program of programs) program.say(String(MS));
    await Promise.all(programs.map(async (program, index) => (shares[index]! += Number(await program.line()))));
  }
  await Promise.all(programs.map((program) => program.rest()));

  const relative = shares.map((share) => share * PROCESSES / total());
  process.stdout.write(`shares of ${total()} writes in ${turns * MS / 1000} s: ${relative.map((share) => share.toFixed(2)).join(" ")}\n`);
  expect(sqlite3(dbPath, "SELECT count(*) FROM tasks; PRAGMA integrity_check")).toBe(`${total()}\nok`);
  expect(total()).toBeGreaterThan(PROCESSES * 10);
  expect(Math.min(...relative)).toBeGreaterThan(0.5);
  expect(readdirSync(dirname(dbPath)).toSorted()).toEqual(["progress.db", "progress.db-journal"]);
});
