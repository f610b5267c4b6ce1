import { ensureProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { type Program, start } from "../processes/program.ts";
import { isLong } from "../proof.ts";

for (const count of isLong ? [2, 12, 32, 64] : [2, 12, 32]) {
  testWith("sqlite3")(`${count} processes write 50 tasks each at once, and all that was acknowledged is there`, { timeout: 120_000 + count * 6000 }, async () => {
    const folder = tempDir();
    const dbPath = await ensureProgressDb(folder);
    const writers: Program[] = [];
    while (writers.length < count) { // A few at a time: the race is about writing, not about starting.
      const group = Array.from({ length: Math.min(4, count - writers.length) }, (_, index) => start(folder, "writer", dbPath, `w${writers.length + index}`));
      await Promise.all(group.map((writer) => writer.hear("ready")));
      writers.push(...group);
    }

    const begin = performance.now();
    for (const writer of writers) writer.say("go");
    const acknowledged = (await Promise.all(writers.map((writer) => writer.rest()))).flat();
    const seconds = (performance.now() - begin) / 1000;

    expect(acknowledged).toHaveLength(count * 50);
    expect(new Set(sqlite3(dbPath, "SELECT id FROM tasks").split("\n"))).toEqual(new Set(acknowledged));
    expect(sqlite3(dbPath, "PRAGMA integrity_check")).toBe("ok");
    // They did race: the rows of different writers lie among each other.
    const rows = sqlite3(dbPath, "SELECT substr(goal, 1, instr(goal, ' ') - 1) FROM tasks ORDER BY rowid").split("\n");
    const changesOfHands = rows.filter((name, index) => index > 0 && name !== rows[index - 1]).length;
    process.stdout.write(`${count} writers: ${seconds.toFixed(1)} s, changes of hands ${changesOfHands}\n`);
    expect(changesOfHands).toBeGreaterThanOrEqual(count);
  });
}
