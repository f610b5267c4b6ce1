import { existsSync, readdirSync, readFileSync } from "node:fs";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { deadProcess, type Facts, Remains } from "../lock/remains.ts";
import { start, startHolder } from "../processes/program.ts";

const ROUNDS = 150;
const REAL_ROUNDS = 6;

/** What the dead may have left, one kind a round. Returns the token of the dead holder. */
const DEATHS: ((remains: Remains, facts: Facts) => string)[] = [
  function aHolder(remains, facts) {
    return remains.holder(facts);
  },
  function aHolderAndItsHeir(remains, facts) {
    const token = remains.holder(facts);
    remains.owner(facts, `heir-of-${token}`);
    return token;
  },
  function aHolderAndTwoGenerationsOfHeirs(remains, facts) {
    const token = remains.holder(facts);
    remains.owner(facts, `heir-of-${remains.owner(facts, `heir-of-${token}`)}`);
    return token;
  },
  function aHolderHeirsOfOthersAndTheFirstInLine(remains, facts) {
    remains.owner(facts, "heir-of-somebody-else", `waiting-000000000000001-${remains.owner(facts)}`);
    return remains.holder(facts);
  },
];

testWith("sqlite3")(`8 processes take over from the dead, ${ROUNDS} times, one at a time`, { timeout: 300_000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  const db = await openProgressDb(dbPath);
  await db.transaction((sql) => sql.run("INSERT INTO colony_meta (key, value, updated_at) VALUES ('entries', 0, '')"));
  await db.close();
  const contenders = Array.from({ length: 8 }, (_, index) => start(folder, "contender", dbPath, `c${index}`));
  await Promise.all(contenders.map((contender) => contender.hear("ready")));

  const remains = new Remains(dbPath);
  const holder = (): Facts & { token: string } => JSON.parse(readFileSync(remains.lock, "utf8"));
  const longest = { ms: 0 };
  const round = async (name: string): Promise<void> => {
    const begin = performance.now();
    for (const contender of contenders.toSorted(() => Math.random() - 0.5)) contender.say(name);
    await Promise.all(contenders.map((contender) => contender.hear(`${name} entered`)));
    longest.ms = Math.max(longest.ms, performance.now() - begin);
    // The dead are gone, and with them what they left.
    expect(readdirSync(remains.owners).filter((file) => /^(heir|waiting)/.test(file))).toEqual([]);
    expect(existsSync(remains.lock)).toBe(false);
  };
  for (let number = 0; number < ROUNDS; number++) {
    const token = DEATHS[number % DEATHS.length]!(remains, await deadProcess());
    expect(holder().token).toBe(token); // The dead one does hold the lock.
    await round(`fabricated-${number}`);
  }
  for (let number = 0; number < REAL_ROUNDS; number++) {
    const killed = await startHolder(folder, dbPath, number % 2 === 0 ? "before" : "spilled");
    killed.kill("SIGKILL");
    await killed.ended;
    expect(holder().pid).toBe(killed.pid);
    await round(`killed-${number}`);
  }
  await Promise.all(contenders.map((contender) => contender.rest()));

  const entries = contenders.length * (ROUNDS + REAL_ROUNDS);
  expect(sqlite3(dbPath, "SELECT value FROM colony_meta WHERE key = 'entries'")).toBe(String(entries));
  expect(sqlite3(dbPath, "PRAGMA integrity_check; SELECT count(*) FROM tasks WHERE goal = 'half done'")).toBe("ok\n0");
  const log = readFileSync(`${dbPath}-log`, "utf8").trim().split("\n");
  expect(log).toHaveLength(entries * 2);
  for (let line = 0; line < log.length; line += 2) expect(log[line + 1]).toBe(log[line]!.replace("enter", "leave"));
  // The takeovers were contended: each contender was the heir at least once.
  const heirs = log.filter((_, index) => index % (contenders.length * 2) === 0).map((line) => line.split(" ")[2]!);
  const wins = contenders.map((_, index) => heirs.filter((heir) => heir === `c${index}`).length);
  process.stdout.write(`${heirs.length} takeovers by ${wins.join(" ")}; longest round ${longest.ms.toFixed(0)} ms\n`);
  expect(wins.filter((count) => count > 0).length).toBeGreaterThan(contenders.length / 2);
});
