import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureProgressDb, openProgressDb, seedTasks } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { type Program, start } from "../processes/program.ts";

const KILLS = 50;

testWith("sqlite3")(`a writer killed at any moment, ${KILLS} times, loses nothing it acknowledged and holds nobody up`, { timeout: 120_000 }, async () => {
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
    acknowledged.add(writer);

    const isHot = (statSync(`${dbPath}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    const isLocked = existsSync(`${dbPath}.lock`);
    if (isHot) left.journal++;
    if (isLocked) left.lock++;
    if (!isHot && !isLocked) left.nothing++;
    const copy = copyOf(dbPath, join(folder, `copy-${round}`), "-journal");
    const withoutJournal = copyOf(dbPath, join(folder, `without-journal-${round}`));

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
    expect(sqlite3(copy, ".sha3sum")).toBe(sqlite3(dbPath, ".sha3sum"));
    if (!isWhole(withoutJournal)) left.halfWritten++;
    expect(isWhole(dbPath)).toBe(true);
    acknowledged.expectAllIn(dbPath);
    if (pool.length + round + 1 < KILLS) pool.push(start(folder, "crash-writer", dbPath, `w${round + 3}`));
  }

  recoveries.sort((a, b) => a - b);
  process.stdout.write(`${KILLS} kills: left a journal ${left.journal} (pages half written ${left.halfWritten}), a lock ${left.lock}, nothing ${left.nothing}; `
    + `acknowledged ${acknowledged.size}; recovery median ${recoveries[KILLS / 2]?.toFixed(1)} ms, longest ${recoveries.at(-1)?.toFixed(1)} ms\n`);
  expect(recoveries.at(-1)).toBeLessThan(1000);
  // The kills did hit writers at their work.
  expect(left.journal).toBeGreaterThan(KILLS / 10);
  expect(left.halfWritten).toBeGreaterThan(0); // Without its journal, that one would be lost.
  expect(left.lock).toBeGreaterThan(KILLS / 5);
  expect(acknowledged.size).toBeGreaterThan(KILLS);
});

/** What the writers were told is stored. */
class Acknowledged {
  readonly #tasks = new Map<string, string>();
  readonly #steps = new Set<string>();
  /** The last of the large rewrites. */
  #mark = { writer: "nobody", number: -1 };

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
      if (what === "rewritten") this.#mark = { writer: id.split("-")[0]!, number: Number(id.split("-")[1]) };
    }
  }

  expectAllIn(dbPath: string): void {
    const states = new Map(sqlite3(dbPath, "SELECT id, coalesce(claim_token, '') || ' ' || status FROM tasks").split("\n")
      .map((row) => row.split("|") as [string, string]));
    const [writer, number] = sqlite3(dbPath, "SELECT trim(substr(payload, 1, 12)) FROM tasks WHERE source = 'ballast' LIMIT 1").split("-");
    if (writer === this.#mark.writer) expect(Number(number)).toBeGreaterThanOrEqual(this.#mark.number);
    const missing = [...this.#tasks].filter(([id, state]) => states.get(id)?.startsWith(state) !== true);
    expect(missing).toEqual([]);
    const steps = new Set(sqlite3(dbPath, "SELECT id FROM steps WHERE status = 'done' AND evidence = 'seen'").split("\n"));
    expect([...this.#steps].filter((id) => !steps.has(id))).toEqual([]);
  }
}

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

/** A copy of the database and of what is named beside it; nobody may be writing. */
function copyOf(dbPath: string, folder: string, ...suffixes: string[]): string {
  mkdirSync(folder);
  const copy = join(folder, "progress.db");
  for (const suffix of ["", ...suffixes]) if (existsSync(dbPath + suffix)) copyFileSync(dbPath + suffix, copy + suffix);
  return copy;
}
