import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { type Program, start } from "../processes/program.ts";

const KILLS = 50;
const CONTENT = "SELECT * FROM tasks ORDER BY id; SELECT * FROM steps ORDER BY id";

testWith("sqlite3")(`a writer killed at any moment, ${KILLS} times, loses nothing it acknowledged and holds nobody up`, { timeout: 90_000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const pool = [0, 1].map((index) => start(folder, "crash-writer", dbPath, `w${index}`));
  const acknowledged = new Acknowledged();
  const left = { journal: 0, lock: 0, nothing: 0 };
  const recoveries: number[] = [];

  for (let round = 0; round < KILLS; round++) {
    const writer = pool.shift()!;
    await writer.hear("ready");
    writer.say("go");
    await writer.line(); // It is at work.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 80));
    writer.kill("SIGKILL");
    await writer.ended;
    acknowledged.add(writer);

    const isHot = (statSync(`${dbPath}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    const isLocked = existsSync(`${dbPath}.lock`);
    if (isHot) left.journal++;
    if (isLocked) left.lock++;
    if (!isHot && !isLocked) left.nothing++;
    const copy = copyOf(dbPath, join(folder, `copy-${round}`));

    const begin = performance.now();
    const db = await openProgressDb(dbPath);
    await db.enqueueTask("after the crash", { id: `after-${round}` });
    recoveries.push(performance.now() - begin);
    await db.transaction((sql) => sql.run("DELETE FROM tasks WHERE id = ?", [`after-${round}`]));
    await db.close();

    expect(sqlite3(dbPath, "PRAGMA integrity_check; PRAGMA foreign_key_check")).toBe("ok");
    expect([`${dbPath}.lock`, `${dbPath}.lock-owners`].filter((path) => existsSync(path))).toEqual([]);
    // SQLite itself recovers what the crash left to the very same rows.
    expect(sqlite3(copy, "PRAGMA integrity_check")).toBe("ok");
    expect(sqlite3(copy, CONTENT)).toBe(sqlite3(dbPath, CONTENT));
    acknowledged.expectAllIn(dbPath);
    if (pool.length + round + 1 < KILLS) pool.push(start(folder, "crash-writer", dbPath, `w${round + 2}`));
  }

  recoveries.sort((a, b) => a - b);
  process.stdout.write(`${KILLS} kills: left a journal ${left.journal}, a lock ${left.lock}, nothing ${left.nothing}; `
    + `acknowledged ${acknowledged.size}; recovery median ${recoveries[KILLS / 2]?.toFixed(1)} ms, longest ${recoveries.at(-1)?.toFixed(1)} ms\n`);
  expect(recoveries.at(-1)).toBeLessThan(1000);
  // The kills did hit writers at their work.
  expect(left.journal).toBeGreaterThan(KILLS / 10);
  expect(left.lock).toBeGreaterThan(KILLS / 5);
  expect(acknowledged.size).toBeGreaterThan(KILLS * 3);
});

/** What the writers were told is stored. */
class Acknowledged {
  readonly #tasks = new Map<string, string>();
  readonly #steps = new Set<string>();

  get size(): number {
    return this.#tasks.size + this.#steps.size;
  }

  add(writer: Program): void {
    for (const line of writer.said) {
      const [what, id = "", token = ""] = line.split(" ");
      if (what === "enqueued") this.#tasks.set(id, this.#tasks.get(id) ?? "");
      if (what === "claimed") this.#tasks.set(id, token);
      if (what === "completed") this.#tasks.set(id, `${this.#tasks.get(id)} done`);
      if (what === "step") this.#steps.add(id);
    }
  }

  expectAllIn(dbPath: string): void {
    const states = new Map(sqlite3(dbPath, "SELECT id, coalesce(claim_token, '') || ' ' || status FROM tasks").split("\n")
      .map((row) => row.split("|") as [string, string]));
    const missing = [...this.#tasks].filter(([id, state]) => states.get(id)?.startsWith(state) !== true);
    expect(missing).toEqual([]);
    const steps = new Set(sqlite3(dbPath, "SELECT id FROM steps WHERE status = 'done' AND evidence = 'seen'").split("\n"));
    expect([...this.#steps].filter((id) => !steps.has(id))).toEqual([]);
  }
}

/** A copy of the database with its journal; nobody may be writing. */
function copyOf(dbPath: string, folder: string): string {
  mkdirSync(folder);
  const copy = join(folder, "progress.db");
  copyFileSync(dbPath, copy);
  if (existsSync(`${dbPath}-journal`)) copyFileSync(`${dbPath}-journal`, `${copy}-journal`);
  return copy;
}
