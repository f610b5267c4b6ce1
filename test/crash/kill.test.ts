import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureProgressDb, seedTasks } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { start } from "../processes/program.ts";
import { cases } from "../proof.ts";
import { Acknowledged } from "./acknowledged.ts";
import { copyOf, expectQuick, expectSound, leftBehind, recover } from "./recovery.ts";

const KILLS = cases(50, 500);

testWith("sqlite3")(`a writer killed at any moment, ${KILLS} times, loses nothing it acknowledged and holds nobody up`, { timeout: 20_000 + KILLS * 2000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const ballast = { goal: "ballast", payload: " ".repeat(3500) };
  await seedTasks(dbPath, Array.from({ length: 600 }, () => ballast), { source: "ballast" });
  sqlite3(dbPath, "UPDATE tasks SET status = 'done'");
  const pool = [0, 1, 2].map((index) => start(folder, "crash-writer", dbPath, `w${index}`));
  const acknowledged = new Acknowledged();
  const left = { journal: 0, halfWritten: 0, lock: 0, nothing: 0 };
  const recoveries: number[] = [];

  for (let round = 0; round < KILLS; round++) {
    const writer = pool.shift()!;
    await writer.hear("ready");
    writer.say("go");
    await writer.line(); // It is at work.
    await sleep(Math.random() * 80);
    if (round % 2 === 1) await pageWrite(dbPath); // Every other one while it changes the database itself.
    writer.kill("SIGKILL");
    await writer.ended;
    acknowledged.add(writer.said);

    const { journal, lock } = leftBehind(dbPath);
    if (journal) left.journal++;
    if (lock) left.lock++;
    if (!journal && !lock) left.nothing++;
    const copy = copyOf(dbPath, join(folder, "copy"), "-journal");
    const withoutJournal = copyOf(dbPath, join(folder, "without-journal"));

    recoveries.push(await recover(dbPath));
    expectSound(dbPath, copy);
    if (!isWhole(withoutJournal)) left.halfWritten++;
    expect(isWhole(dbPath)).toBe(true);
    acknowledged.expectAllIn(dbPath);
    if (pool.length + round + 1 < KILLS) pool.push(start(folder, "crash-writer", dbPath, `w${round + 3}`));
  }

  process.stdout.write(`${KILLS} kills: left a journal ${left.journal} (pages half written ${left.halfWritten}), a lock ${left.lock}, nothing ${left.nothing}; `
    + `acknowledged ${acknowledged.size}; ${expectQuick(recoveries)}\n`);
  // The kills did hit writers at their work.
  expect(left.journal).toBeGreaterThan(KILLS / 10);
  expect(left.halfWritten).toBeGreaterThan(0); // Without its journal, that one would be lost.
  expect(left.lock).toBeGreaterThan(KILLS / 5);
  expect(acknowledged.size).toBeGreaterThan(KILLS);
});

/** Waits until the database changes under a journal, if that happens soon. */
async function pageWrite(dbPath: string): Promise<void> {
  let last: bigint | undefined;
  for (const end = performance.now() + 300; performance.now() < end; await new Promise(setImmediate)) {
    const { mtimeNs } = statSync(dbPath, { bigint: true });
    if (last !== undefined && mtimeNs !== last) return;
    last = mtimeNs;
  }
}

/** True when the large rewrites happened in full or not at all, as far as the file alone tells. */
function isWhole(dbPath: string): boolean {
  const { stdout } = spawnSync("sqlite3", [dbPath, "PRAGMA integrity_check; SELECT count(DISTINCT substr(payload, 1, 12)) FROM tasks WHERE source = 'ballast'"], { encoding: "utf8" });
  return stdout === "ok\n1\n";
}
