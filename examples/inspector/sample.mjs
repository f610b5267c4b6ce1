import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";
import { openSqlite } from "hive-progress-db/sqlite";
import { examine, SOP_ITEMS, STEPS } from "../demo/examine.mjs";
import { findPackages } from "../demo/packages.mjs";

/*
 * node sample.mjs [OUT]: makes sample.db.gz, the colony behind the page's "Sample colony" button: what the demo
 * does, the licence of every installed package examined, in a colony that is caught in the
 * middle of its work. Packages, findings, evidence and failures are real. Time is stretched,
 * so that the charts have some hours to show: each worker has a clock of its own, on which
 * a millisecond of reading files lasts STRETCH milliseconds.
 */

const root = fileURLToPath(new URL("../..", import.meta.url));
const OUT = process.argv[2] ?? fileURLToPath(new URL("sample.db.gz", import.meta.url));
const START = Date.parse("2026-11-20T08:00:00Z");
const STRETCH = 30_000;
/** A step takes at least and at most this long, stretched. */
const LEAST_MS = 20_000;
const MOST_MS = 420_000;
const WORKERS = ["scout-1", "scout-2", "forager-1", "forager-2", "forager-3"];
/** Whoever dies leaves a claim behind: the first one's comes back, the second one's is still there at the end. */
const DEATHS = { "forager-2": 0.25, "scout-2": 0.6 };
const LAST_RECLAIM = 0.55;
const CLOSED_AT_END = 0.9;
const STALE_MINUTES = 15;
const ids = new Map();

const folder = mkdtempSync(join(tmpdir(), "sample-colony-"));
try {
  const queen = { now: () => START };
  const dbPath = await ensureProgressDb(join(folder, "licences"), { clock: queen });
  const db = await openProgressDb(dbPath, { clock: queen });
  const seeded = tasks();
  await db.seedTasks(seeded);
  await drain(dbPath, seeded.length);
  process.stdout.write(`${JSON.stringify((await db.getProgress()).byStatus)}\n`);
  await db.close();
  const whole = await openSqlite(dbPath);
  for await (const _ of whole.run("PRAGMA secure_delete = ON; VACUUM")) void _;
  await whole.close();
  const packed = gzipSync(readFileSync(dbPath), { level: 9 });
  writeFileSync(OUT, packed);
  process.stdout.write(`${OUT}: ${packed.length} bytes\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A task a package, under a task that sums up its scope or its letter. */
function tasks() {
  const groups = new Map();
  for (const found of findPackages(join(root, "node_modules"))) {
    const group = found.name.startsWith("@") ? found.name.split("/")[0] : found.name[0];
    groups.set(group, [...(groups.get(group) ?? []), found]);
  }
  const all = "licences";
  return [
    { id: all, goal: "Report the licences of all installed packages", priority: -2, steps: [{ title: "Add up the groups" }, { title: "Write the report" }],
      sop_items: [{ key: "second-pair-of-eyes", description: "somebody else has read the report" }, { key: "published", description: "the report is published", required: false }] },
    ...[...groups].flatMap(([group, packages]) => [
      { id: `group-${group}`, goal: `Sum up ${group}`, priority: -1, parent_task_id: all, steps: [{ title: "Add up the packages" }], payload: { packages: packages.length } },
      ...packages.map(({ folder: place, name, version }, index) => ({
        id: uniqueId(`${name}@${version}`), goal: `Check the licence of ${name} ${version}`, seq: index, priority: group.startsWith("@") ? 5 : 0, parent_task_id: `group-${group}`, max_retries: 2,
        payload: { package: name, version, folder: place.slice(root.length) }, steps: STEPS, sop_items: SOP_ITEMS,
      })),
    ]),
  ];
}

/** One package may be installed in several places. */
function uniqueId(id) {
  const times = (ids.get(id) ?? 0) + 1;
  ids.set(id, times);
  return times === 1 ? id : `${id} (${times})`;
}

/** Always lets the worker act whose clock is the furthest behind, until most tasks are closed. */
async function drain(dbPath, total) {
  const workers = await Promise.all(WORKERS.map(async (id, index) => {
    const clock = { time: START + 60_000 * (index + 1), now() { return this.time; } };
    return { id, clock, db: await openProgressDb(dbPath, { clock }), actions: undefined };
  }));
  let closed = 0;
  while (closed < total * CLOSED_AT_END) {
    const alive = workers.filter(({ isDead }) => isDead !== true);
    const worker = alive.toSorted((a, b) => a.clock.time - b.clock.time)[0];
    worker.actions ??= work(worker);
    const { value, done } = await worker.actions.next();
    if (value === "idle") break;
    if (done) {
      worker.actions = undefined;
      closed++;
    } else if (closed / total > (DEATHS[worker.id] ?? 1) && value === "between steps") {
      worker.isDead = true;
    }
    if (closed % 10 === 0 && closed / total < LAST_RECLAIM) await worker.db.reclaimStale(STALE_MINUTES);
  }
  for (const { db } of workers) await db.close();
}

/** One task, an action at a time; the clock goes on between them. */
async function* work({ id, clock, db }) {
  const claim = await db.claimTask({ workerId: id });
  if (claim === null) {
    yield "idle";
    return;
  }
  await db.startTask(claim);
  const place = JSON.parse(claim.payload ?? "{}").folder;
  const findings = place === undefined ? undefined : examine(join(root, place));
  for (const step of claim.steps) {
    if (step.status === "done") {
      await findings?.next();
      continue;
    }
    await db.startStep(claim, step.seq);
    const before = performance.now();
    const finding = await findings?.next().catch((problem) => ({ problem })) ?? { value: { evidence: "added up" } };
    clock.time += Math.round(Math.min(MOST_MS, LEAST_MS + (performance.now() - before) * STRETCH));
    yield "at a step";
    if (finding.problem !== undefined) {
      await db.failStep(claim, step.seq, { evidence: finding.problem.message });
      await db.failTask(claim, { error: finding.problem.message });
      return;
    }
    await db.completeStep(claim, step.seq, { evidence: finding.value.evidence });
    if (finding.value.gate !== undefined) await db.checkOffSopItem(claim, finding.value.gate, { note: finding.value.note });
    yield "between steps";
  }
  await db.completeTask(claim);
  clock.time += LEAST_MS;
}
