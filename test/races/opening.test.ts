import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { killedDatabase } from "../colony-kit.ts";
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

/** What was there before two of ours ensure the same colony at once. */
const BEFORE: Record<string, (dbPath: string) => unknown> = {
  "nothing": () => {},
  "an empty file": (dbPath) => writeFileSync(dbPath, ""),
  "a database of schema version 0": (dbPath) => sqlite3(dbPath, "CREATE TABLE notes (text); INSERT INTO notes VALUES ('kept')"),
};
const SCHEMA = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'notes' ORDER BY name; PRAGMA user_version";

for (const [what, make] of Object.entries(BEFORE)) {
  const rounds = cases(15, 150);
  testWith("sqlite3")(`two processes ensure the same colony at once where there was ${what}, ${rounds} times`, { timeout: 30_000 + rounds * 1000 }, async () => {
    const folder = tempDir();
    const options = { enforceGates: true };
    const schema = sqlite3(await ensureProgressDb(join(folder, "alone"), options), SCHEMA);
    const actors = await Promise.all([Actor.start(folder), Actor.start(folder)]);
    for (let round = 0; round < rounds; round++) {
      const colony = join(folder, `colony-${round}`);
      const dbPath = join(colony, "data", "progress.db");
      mkdirSync(dirname(dbPath), { recursive: true });
      make(dbPath);
      expect(await Promise.all(actors.map((actor) => actor.ask("ensure", [colony, options])))).toEqual([dbPath, dbPath]);
      expect(sqlite3(dbPath, SCHEMA)).toBe(schema);
      expect(sqlite3(dbPath, "SELECT key FROM colony_meta ORDER BY key; PRAGMA integrity_check")).toBe("enforce_gates\nschema_version\nok");
      if (what.includes("version 0")) expect(sqlite3(dbPath, "SELECT text FROM notes")).toBe("kept");
      expect(readdirSync(dirname(dbPath)).toSorted()).toEqual(["progress.db", "progress.db-journal"]);
      rmSync(colony, { recursive: true });
    }
  });
}

const CONVERSIONS = cases(10, 100);

testWith("sqlite3", "python3")(`two processes take the same file of Python's out of WAL mode at once, ${CONVERSIONS} times, and lose nothing`, { timeout: 30_000 + CONVERSIONS * 2000 }, async () => {
  const folder = tempDir();
  const original = dirname(killedDatabase(join(folder, "original")));
  const actors = await Promise.all([Actor.start(folder), Actor.start(folder)]);
  const first = [0, 0];
  for (let round = 0; round < CONVERSIONS; round++) {
    const data = join(folder, `data-${round}`);
    const dbPath = join(data, "progress.db");
    cpSync(original, data, { recursive: true });
    const ids: string[] = [];
    await Promise.all(actors.map((actor) => actor.ask("open", [dbPath, { nativeClients: "none" }])));
    await Promise.all([round % 2, 1 - (round % 2)].map(async (index) => {
      ids[index] = await actors[index]!.ask<string>("enqueueTask", ["ours"]);
    }));
    await Promise.all(actors.map((actor) => actor.ask("close")));
    expect(sqlite3(dbPath, "SELECT goal, count(*) FROM tasks GROUP BY goal; PRAGMA integrity_check; PRAGMA journal_mode")).toBe("committed|3\nours|2\nok\ndelete");
    const order = sqlite3(dbPath, "SELECT id FROM tasks WHERE goal = 'ours' ORDER BY rowid").split("\n");
    expect(order.toSorted()).toEqual(ids.toSorted());
    first[ids.indexOf(order[0]!)]!++;
    expect(readdirSync(data).toSorted()).toEqual(["progress.db", "progress.db-journal"]);
    rmSync(data, { recursive: true });
  }
  process.stdout.write(`${CONVERSIONS} conversions by two at once: won by ${first.join(" and ")}\n`);
  expect(Math.min(...first)).toBeGreaterThan(0);
});
