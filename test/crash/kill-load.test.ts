import { setTimeout as sleep } from "node:timers/promises";
import { ensureProgressDb, seedTasks } from "hive-progress-db";
import { expect } from "vitest";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { inLine } from "../processes/line.ts";
import { type Program, start } from "../processes/program.ts";
import { cases } from "../proof.ts";
import { Acknowledged } from "./acknowledged.ts";
import { expectQuick, expectSound, holderOf, leftBehind, recover, stopHolding } from "./recovery.ts";

const WRITERS = 4;
/** In each cycle some are killed one by one while the others go on, and then all at once. */
const ONE_BY_ONE = 6;
const CYCLES = cases(4, 50);
const KILLS = CYCLES * (ONE_BY_ONE + WRITERS);

testWith("sqlite3")(`${KILLS} kills among ${WRITERS} busy writers: the others go on, and nothing acknowledged is lost`, { timeout: 30_000 + KILLS * 2000 }, async () => {
  const folder = tempDir();
  const dbPath = await ensureProgressDb(folder);
  await seedTasks(dbPath, Array.from({ length: 100 }, () => ({ goal: "ballast", payload: " ".repeat(3500) })), { source: "ballast" });
  sqlite3(dbPath, "UPDATE tasks SET status = 'done'");
  const acknowledged = new Acknowledged();
  const died = { holding: 0, withJournal: 0, waiting: 0, otherwise: 0 };
  const gaps: number[] = [];
  const recoveries: number[] = [];
  let started = 0;
  const enlist = (): Program => start(folder, "crash-writer", dbPath, `w${started++}`);
  const send = async (writer: Program): Promise<Program> => {
    await writer.hear("ready");
    writer.say("go");
    await writer.line();
    return writer;
  };

  /** Stops it to see what it is doing, and kills it then. */
  const kill = async (writer: Program, insist: boolean): Promise<void> => {
    await sleep(Math.random() * 40);
    if (insist) await stopHolding(writer, dbPath);
    else writer.kill("SIGSTOP");
    if (holderOf(dbPath) === writer.pid) died[leftBehind(dbPath).journal ? "withJournal" : "holding"]++;
    else died[inLine(dbPath).includes(writer.pid) ? "waiting" : "otherwise"]++;
    writer.kill("SIGKILL");
    await writer.ended;
    acknowledged.add(writer.said);
  };

  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const spares = Array.from({ length: ONE_BY_ONE }, enlist);
    let writers = await Promise.all(Array.from({ length: WRITERS }, enlist).map(send));
    for (let round = 0; round < ONE_BY_ONE; round++) {
      const victim = writers[Math.floor(Math.random() * writers.length)]!;
      const survivors = writers.filter((writer) => writer !== victim);
      await kill(victim, round % 2 === 0);
      // Somebody goes on at once, and each of them before long.
      const begin = performance.now();
      const said = survivors.map((writer) => writer.said.length);
      await Promise.race(survivors.map((writer, index) => writer.saidMoreThan(said[index]!)));
      gaps.push(performance.now() - begin);
      await Promise.all(survivors.map((writer, index) => writer.saidMoreThan(said[index]!)));
      writers = [...survivors, await send(spares[round]!)];
    }
    await Promise.all(writers.map((writer) => kill(writer, false)));
    recoveries.push(await recover(dbPath));
    expectSound(dbPath);
    expect(sqlite3(dbPath, "SELECT count(DISTINCT substr(payload, 1, 12)) FROM tasks WHERE source = 'ballast'")).toBe("1");
    acknowledged.expectAllIn(dbPath);
  }

  process.stdout.write(`${KILLS} kills under load: ${JSON.stringify(died)}; acknowledged ${acknowledged.size}; others go on: ${expectQuick(gaps)}; `
    + `all dead: ${expectQuick(recoveries)}\n`);
  // The kills hit all that a writer may be doing.
  expect(died.holding + died.withJournal).toBeGreaterThan(KILLS / 6);
  expect(died.withJournal).toBeGreaterThan(0);
  expect(died.waiting).toBeGreaterThan(0);
  expect(acknowledged.size).toBeGreaterThan(KILLS * 2);
});
