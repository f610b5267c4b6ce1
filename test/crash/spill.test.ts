import { expect, onTestFinished } from "vitest";
import { fastTempDir, testWith } from "../helpers.ts";
import { NativeChecker } from "../native-checker.ts";
import type { Operation } from "../operations.ts";
import { cases } from "../proof.ts";
import { Random } from "../random.ts";
import { judge } from "./judge.ts";
import { record, statesOf } from "./simulation.ts";

/** A page each, 39 MB: more than the page cache holds. */
const ROWS = 9_500;
const fill: Operation = { name: "fill", before: "ledger", run: { handle: (db) => [db.seedTasks(
  Array.from({ length: ROWS }, (_, index) => ({ id: `large-${index}`, goal: "g", payload: String(index % 10).repeat(3500) })))] } };
/** Puts pages on disk before it commits, since they do not fit in memory. */
const spill: Operation = { name: "spill", before: "ledger", run: { handle: (db) => [db.transaction((sql) =>
  sql.run("UPDATE tasks SET payload = 'z' || substr(payload, 2) WHERE id LIKE 'large-%'"))] } };

testWith("python3")("a crash in a transaction larger than the page cache leaves all of it or nothing", { timeout: cases(600_000, 3_600_000) }, async () => {
  const native = new NativeChecker();
  onTestFinished(() => native.close());
  const folder = fastTempDir();
  const filled = (await record("fill", [fill], "process")).files.at(-1)!;
  const recorded = await record("spill", [spill], "full", { files: new Map([["", filled.get("")!]]) });
  const states = await statesOf(folder, recorded, native);

  const { calls } = recorded;
  const count = calls.length;
  const changes = calls.flatMap(({ call, file }) => (call === "write" ? [file] : []));
  const turns = changes.filter((file, index) => index > 0 && file !== changes[index - 1]).length;
  expect(turns, "journal and database take turns").toBeGreaterThan(10);

  // Right after and right before syncs, where most is at stake, and anywhere.
  const syncs = calls.flatMap(({ call }, index) => (call === "sync" ? [index] : []));
  const random = new Random("spill");
  const wanted = new Set(Array.from({ length: cases(2, 60) }, () => `${random.pick(syncs) + random.below(2)}/${random.pick(["none", "data", "torn/0"])}`));
  for (let more = cases(1, 60); more > 0; more--) wanted.add(`${random.below(count)}/torn/0`);
  wanted.add(`${count - 3}/all`).add(`${count}/all`);

  const verdict = await judge({ folder, native, extent: { reordered: 0, torn: 1 }, goOnShare: 1, nestedShare: cases(0, 0.0001) }, recorded, states, (name) => wanted.has(name));
  process.stdout.write(`crashes of a transaction of ${ROWS} pages, ${count} calls, ${syncs.length} syncs, ${turns} turns of journal and database: ${verdict.text}\n`);
  expect(verdict.failures).toEqual([]);
  expect(verdict.after).toBeGreaterThan(0);
  expect(verdict.saved, "crashes with pages half written").toBeGreaterThan(cases(1, 20));
});
