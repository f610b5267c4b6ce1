// What a picked file of 258 MB and of 1 GB costs to look at, and what a commit costs in the browser's own storage.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { chromium } from "playwright-core";
import { fillColony } from "../browser/large-colony.mjs";
import { CHROMIUM_FLAGS, serve } from "../browser/serve.mjs";
import { median, seconds } from "./tools.mjs";

const ROUNDS = 5;
const COMMITS = 300;

export async function* browser() {
  const folder = mkdtempSync(join(tmpdir(), "hive-bench-"));
  const { origin, server } = await serve();
  const context = await chromium.launchPersistentContext(join(folder, "profile"), { executablePath: "/usr/bin/chromium", args: CHROMIUM_FLAGS });
  try {
    yield `Chromium ${context.browser()?.version() ?? ""}; a new worker each time, so with the time it takes to start`;
    const path = await ensureProgressDb(join(folder, "colony"));
    fillColony(path, 100_000);
    yield* looking(context, origin, path, "100k tasks, 400k steps, 200k gates");
    execFileSync("sqlite3", [path, "CREATE TABLE ballast (bytes); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 760) INSERT INTO ballast SELECT zeroblob(1000000) FROM n"]);
    yield* looking(context, origin, path, "the same, and as much again of other data");
    yield* committing(context, origin);
  } finally {
    await context.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From the pick to the counts, and what the page's process grows by. */
async function* looking(context, origin, path, what) {
  const page = await open(context, origin);
  await page.setInputFiles("#pick", [path]);
  const before = await memory(context);
  const times = [];
  let growth = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await page.evaluate(() => window.startWorker());
    times.push(await seconds(() => call(page, "pick", "<picked>")));
    const after = await memory(context);
    if (round === 0) growth = Math.max(...[...before].map(([id, size]) => (after.get(id) ?? 0) - size));
  }
  const reads = await call(page, "reads");
  const through = await call(page, "readThrough", "<picked>");
  yield `${(statSync(path).size / 1e6).toFixed(0)} MB (${what}): pick to counts ${(median(times) * 1000).toFixed(0)} ms, ${reads} reads, memory + ${growth.toFixed(0)} MB; to read the file through: ${through.toFixed(0)} ms`;
  await page.close();
}

async function* committing(context, origin) {
  for (const store of ["opfs", "snapshot"]) {
    const page = await open(context, origin);
    await call(page, "open", store, "bench");
    const [one, ten] = [await seconds(() => call(page, "enqueue", "one", COMMITS, 1)), await seconds(() => call(page, "enqueue", "ten", COMMITS, 10))];
    yield `${store}: ${rate(COMMITS, one)} enqueued one at a time, ${rate(COMMITS, ten)} ten at a time`;
    await page.close();
  }
  const tabs = [await open(context, origin), await open(context, origin)];
  for (const tab of tabs) await call(tab, "open", "opfs", "bench-two");
  const time = await seconds(() => Promise.all(tabs.map((tab, n) => call(tab, "enqueue", `tab-${n}`, COMMITS, 10))));
  yield `opfs, two tabs at once: ${rate(2 * COMMITS, time)} ten at a time`;
}

const rate = (count, time) => `${Math.round(count / time)}/s`;

async function open(context, origin) {
  const page = await context.newPage();
  await page.goto(origin);
  return page;
}

async function call(page, name, ...args) {
  const { value, error } = await page.evaluate(([what, given]) => window.call(what, given), [name, args]);
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return value;
}

/** Resident memory of each page's process, MB. */
async function memory(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return new Map(processInfo.filter(({ type }) => type === "renderer")
    .map(({ id }) => [id, Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1000]));
}
