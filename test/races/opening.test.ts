import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { Actor } from "../processes/actor.ts";
import { cases } from "../proof.ts";

const PROCESSES = 8;
const ROUNDS = cases(30, 300);

testWith("sqlite3")(`${PROCESSES} processes open, write and close at once, ${ROUNDS} times, and leave nothing behind`, { timeout: 60_000 + ROUNDS * 1000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const actors = await Promise.all(Array.from({ length: PROCESSES }, () => Actor.start(folder)));
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(actors.map(async (actor) => {
      await actor.ask("open", [dbPath]);
      await actor.ask("enqueueTask", [`round ${round}`]);
      await actor.ask("close");
    }));
    expect(readdirSync(dirname(dbPath)).toSorted(), `after round ${round}`).toEqual(["progress.db", "progress.db-journal"]);
  }
  expect(sqlite3(dbPath, "SELECT count(*) FROM tasks; PRAGMA integrity_check")).toBe(`${PROCESSES * ROUNDS}\nok`);
});
