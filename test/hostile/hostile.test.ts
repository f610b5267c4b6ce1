import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { Files } from "../crash/disk.ts";
import { halfWritten } from "../faults/broken-work.ts";
import { fastTempDir, testWith } from "../helpers.ts";
import { databaseOf, filesBefore, readFiles, writeFiles } from "../operations.ts";
import { cases } from "../proof.ts";
import { Random } from "../random.ts";
import { anyConfig, anyTasks, litterColonies, litterLock } from "./inputs.ts";
import { mutate, mutateDatabase, mutateJournal, mutateWal } from "./mutations.ts";
import { allHarmful } from "./schemas.ts";
import { type Answer, type Deed, Victim } from "./victim.ts";

/** One input again: `INPUT="journal|17" npx vitest run --config test/vitest.config.ts test/hostile`. */
const [onlyKind, onlySeed] = (process.env["INPUT"] ?? "").split("|");

const CODES = ["INVALID_INPUT", "NOT_FOUND", "BUSY", "CLAIM_LOST", "SOP_OPEN", "READ_ONLY", "CORRUPT", "NEWER_SCHEMA", "ENGINE_MISMATCH", "NATIVE_CLIENTS", "CLOSED", "IO"];
/** The wasm heap with a large payload in it a few times over, and Node itself. */
const MOST_MEMORY = 1_000_000_000;

/** Tries inputs of one kind; the tally says what came of them. */
async function attack(kind: string, howMany: number, attempt: (random: Random, path: string, ask: Ask) => Promise<void>): Promise<void> {
  const folder = fastTempDir();
  const victim = new Victim(folder);
  onTestFinished(() => victim.close());
  const codes: Record<string, number> = {};
  const failures: string[] = [];
  let memory = 0;
  let inputs = 0;
  for (let seed = 0; seed < howMany; seed++) {
    if (onlyKind && (kind !== onlyKind || String(seed) !== onlySeed)) continue;
    inputs++;
    const fail = (what: string): void => void failures.push(`${kind}|${seed}: ${what}`);
    const path = databaseOf(join(folder, String(seed), "colony"));
    mkdirSync(dirname(path), { recursive: true });
    const count = (what: string): void => void (codes[what] = (codes[what] ?? 0) + 1);
    const ask = async (deed: Deed, at: string, input?: unknown): Promise<Answer | undefined> => {
      const answer = await victim.ask(deed, at, input);
      if (typeof answer === "string") {
        fail(`${deed}: the process ${answer}`);
        return undefined;
      }
      memory = Math.max(memory, answer.memory);
      for (const outcome of answer.outcomes) {
        count(outcome.split(" ")[0]!);
        if (outcome !== "ok" && !CODES.includes(outcome)) fail(`${deed}: ${outcome}`);
      }
      return answer;
    };
    try {
      await attempt(new Random(kind, seed), path, Object.assign(ask, { fail, count }));
    } catch (error) {
      fail((error as Error).stack ?? String(error));
    }
  }
  process.stdout.write(`hostile ${kind}: ${inputs} inputs, ${JSON.stringify(codes)}, at most ${Math.round(memory / 1e6)} MB; ${failures.length} failures\n`);
  expect(failures).toEqual([]);
  expect(memory).toBeLessThan(MOST_MEMORY);
  if (!onlyKind) expect(Object.keys(codes).length, "outcomes").toBeGreaterThan(1);
}

type Ask = ((deed: Deed, path: string, input?: unknown) => Promise<Answer | undefined>) & { fail(what: string): void; count(what: string): void };

/** Reads, which must change nothing, then writes and ensures. */
async function useAll(path: string, files: Files, ask: Ask): Promise<void> {
  writeFiles(path, files);
  const before = contentOf(path);
  await ask("read", path);
  // A journal that is hot is rolled back by whoever comes first.
  if ((files.get("-journal")?.length ?? 0) === 0 && contentOf(path) !== before) ask.fail("a file that was only read has changed");
  for (const deed of ["write", "ensure"] as const) {
    writeFiles(path, files);
    await ask(deed, path);
  }
  const beside = readdirSync(dirname(path)).filter((name) => !/^progress\.db(-journal|-wal|-shm)?$/.test(name));
  if (beside.length > 0) ask.fail(`left beside it: ${beside.join()}`);
}

function contentOf(path: string): string {
  return JSON.stringify([readdirSync(dirname(path)), [...readFiles(path)].map(([file, bytes]) => [file, Buffer.from(bytes).toString("latin1")])]);
}

const timeout = cases(600_000, 3_600_000);
const testAll = testWith("sqlite3", "python3");

testAll("bytes of the database", { timeout }, async () => {
  const ledger = await filesBefore("ledger");
  await attack("database", cases(70, 4000), (random, path, ask) =>
    useAll(path, new Map([["", random.pick([mutate, mutateDatabase])(random, ledger.get("")!)]]), ask));
});

testAll("bytes of a hot journal", { timeout }, async () => {
  const hot = await halfWritten();
  await attack("journal", cases(40, 2000), (random, path, ask) =>
    useAll(path, new Map([...hot, ["-journal", mutateJournal(random, hot.get("-journal")!)]]), ask));
});

testAll("bytes of a -wal and a -shm", { timeout }, async () => {
  const wal = await filesBefore("wal");
  await attack("wal", cases(40, 2000), (random, path, ask) => {
    const files = new Map([...wal, ["-wal", random.pick([mutate, mutateWal, mutateWal])(random, wal.get("-wal")!)]] as const);
    if (random.chance(0.2)) files.set("-shm", mutate(random, wal.get("-shm")!));
    if (random.chance(0.2)) files.set("", mutateDatabase(random, wal.get("")!));
    return useAll(path, files, ask);
  });
});

testAll("schemas that mean harm, also damaged", { timeout }, async () => {
  const harmful = [...(await allHarmful(fastTempDir())).values()];
  await attack("schema", Math.max(harmful.length, cases(0, 1500)), (random, path, ask) => {
    const seed = Number(path.split("/").at(-4));
    const files = harmful[seed % harmful.length]!;
    return useAll(path, seed < harmful.length ? files : new Map([["", mutateDatabase(random, files.get("")!)]]), ask);
  });
});

testAll("what is in the place of the lock and its owners", { timeout }, async () => {
  const ledger = await filesBefore("ledger");
  await attack("lock", cases(60, 2000), async (random, path, ask) => {
    writeFiles(path, ledger);
    litterLock(random, path);
    for (const deed of ["read", "write", "ensure"] as const) await ask(deed, path);
    if (existsSync(join(path, "../../escape"))) ask.fail("wrote outside of its folder");
  });
});

testAll("worker configs", { timeout }, async () => {
  const ledger = await filesBefore("ledger");
  await attack("config", cases(60, 2000), async (random, path, ask) => {
    writeFiles(path, ledger);
    const colony = join(path, "../..");
    const configs = Array.from({ length: 3 }, () => anyConfig(random));
    for (const [index, bytes] of configs.entries()) writeFileSync(join(colony, `${index}.json`), bytes);
    await ask("ensure", path);
    for (const [index, bytes] of configs.entries()) {
      const after = readFileSync(join(colony, `${index}.json`));
      ask.count(Buffer.compare(bytes, after) === 0 ? "left" : "patched");
      const problem = problemOf(bytes, after, path);
      if (problem !== undefined) ask.fail(`config ${index} ${problem}: ${Buffer.from(bytes).toString("latin1").slice(0, 300)}`);
    }
    if (readdirSync(colony).length !== 4) ask.fail(`left beside the configs: ${readdirSync(colony).join()}`);
  });
});

/** A config is as it was, or has its three keys and nothing else is changed. */
function problemOf(before: Uint8Array, after: Uint8Array, dbPath: string): string | undefined {
  if (Buffer.compare(before, after) === 0) return undefined;
  const [was, is] = [before, after].map((bytes) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Record<string, unknown>);
  const input = is!["input_data"] as Record<string, unknown>;
  if (input["db_path"] !== dbPath || input["colony_id"] !== "colony" || input["colony_data_dir"] !== dirname(dbPath)) return "lacks its keys";
  const old = was!["input_data"];
  const isObject = typeof old === "object" && old !== null && !Array.isArray(old);
  was!["input_data"] = { ...(isObject ? old : {}), db_path: dbPath, colony_id: "colony", colony_data_dir: dirname(dbPath) };
  const text = (config: unknown): string => JSON.stringify(config, (_key, value: unknown) =>
    (typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value));
  try {
    return text(was) === text(is) ? undefined : "is changed elsewhere";
  } catch {
    return undefined; // Too deep for a replacer.
  }
}

testAll("JSON for a queen, and for all that takes input", { timeout }, async () => {
  const ledger = await filesBefore("ledger");
  await attack("input", cases(100, 3000), async (random, path, ask) => {
    writeFiles(path, ledger);
    await ask("input", path, anyTasks(random));
    const answer = await ask("read", path);
    if (answer?.outcomes.some((outcome) => outcome !== "ok" && outcome !== "NOT_FOUND") === true) ask.fail("the ledger cannot be read afterwards");
  });
});

testAll("what stands among colonies", { timeout }, async () => {
  await attack("colonies", cases(30, 500), async (random, path, ask) => {
    const root = join(path, "../../../colonies");
    mkdirSync(root);
    const outside = join(root, "../colony");
    litterColonies(random, root);
    await ask("ensureAll", root);
    if (lstatSync(outside).isDirectory() && readdirSync(join(outside, "data")).length > 0) ask.fail("wrote outside of the root");
  });
});
