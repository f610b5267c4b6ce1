import { readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { fillColony } from "../browser/large-colony.mjs";
import { newColony } from "../colony-kit.ts";
import { testWith } from "../helpers.ts";
import { isLong } from "../proof.ts";
import { HTML, openPage, pick, settled, visit, workerMegabytes } from "./kit.ts";

/** How long people wait, and how much memory it takes. `PROOF=long` has the large databases. */

const test = testWith("chromium", "sqlite3");

/** The budgets are for an idle machine with two cores. The short form runs beside other tests: it only catches what is off by a factor. */
const SLACK = isLong ? 1.5 : 12;

const PARTS = {
  counts: "[aria-label='Tasks by status']",
  /** All that is found with its number, but for the kinds of error. */
  attention: "section[aria-label='Needs attention'] .attention:not(:has(> li > [aria-busy=true]))",
  errors: "section[aria-label='Needs attention'] .attention:not(:has([aria-busy=true]))",
  history: "svg[aria-label^='Status over time']",
  throughput: "svg[aria-label^='Throughput']",
  steps: "svg[aria-label^='Step durations']",
} as const;

/** Milliseconds from the pick until each part of the overview was there. */
async function openTimed(page: Page, path: string): Promise<Record<keyof typeof PARTS, number>> {
  await page.evaluate((parts) => {
    const state = globalThis as unknown as { picked: number; seen: Record<string, number> };
    state.seen = {};
    new MutationObserver(() => {
      for (const [name, selector] of Object.entries(parts)) {
        if (state.seen[name] === undefined && document.querySelector(selector) !== null) state.seen[name] = performance.now() - state.picked;
      }
    }).observe(document, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
    state.picked = performance.now();
  }, PARTS);
  await pick(page, path);
  await page.waitForFunction((count) => Object.keys((globalThis as unknown as { seen: object }).seen).length === count, Object.keys(PARTS).length, { timeout: 240_000 });
  return page.evaluate(() => (globalThis as unknown as { seen: Record<keyof typeof PARTS, number> }).seen);
}

/** Milliseconds until the table shows other rows than before. */
async function timed(page: Page, hash: string): Promise<number> {
  return page.evaluate(async (to) => {
    const rows = (): string => [...document.querySelectorAll("tbody tr:not(.spacer)")].slice(0, 10).map((row) => row.textContent).join();
    const before = rows();
    const started = performance.now();
    location.hash = to;
    while (rows() === before || rows().includes("…,") || rows() === "") await new Promise(requestAnimationFrame);
    return performance.now() - started;
  }, hash);
}

/** Scrolls through the table; milliseconds until the rows in sight were there, the median. */
async function scrolled(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const box = document.querySelector(".scroll.tall")!;
    const times: number[] = [];
    for (let step = 1; step <= 21; step++) {
      box.scrollTo({ top: (box.scrollHeight * step) / 22 });
      await new Promise(requestAnimationFrame);
      const started = performance.now();
      while (box.querySelector("tbody tr.active ~ tr td, tbody td")?.textContent === "…" || [...box.querySelectorAll("tbody tr:not(.spacer) td:first-child")].some((cell) => cell.textContent === "…")) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[10]!;
  });
}

function report(what: string, figures: Record<string, number>): void {
  const told = Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`);
  process.stdout.write(`inspector, ${what}: ${told.join(", ")}\n`);
}

async function measure(tasks: number, budgets: { overview: number; filter: number; sort: number; scroll: number; memory: number }): Promise<void> {
  const { path } = await newColony();
  fillColony(path, tasks);
  const page = await openPage();
  const before = await workerMegabytes();
  const parts = await openTimed(page, path);
  await settled(page);
  const memory = await workerMegabytes() - before;
  await visit(page, "#/tasks");
  const filter = await timed(page, "#/tasks?q=goal+77");
  await visit(page, "#/tasks");
  const scroll = await scrolled(page);
  const sort = await timed(page, "#/tasks?sort=-updated");
  report(`${tasks.toLocaleString("en")} tasks in ${Math.round(statSync(path).size / 1e6)} MB, ms after the pick`, { ...parts, filter, sort, scroll, "worker MB": memory });
  expect(Math.max(parts.counts, parts.attention), "overview").toBeLessThan(budgets.overview * SLACK);
  expect(filter, "filter").toBeLessThan(budgets.filter * SLACK);
  expect(sort, "sort").toBeLessThan(budgets.sort * SLACK);
  expect(scroll, "scroll").toBeLessThan(budgets.scroll * SLACK);
  expect(memory, "memory").toBeLessThan(budgets.memory);
}

describe("budgets", () => {
  test("10,000 tasks open, filter, sort and scroll in time, in little memory", async () => {
    await measure(10_000, { overview: 600, filter: 200, sort: 200, scroll: 16, memory: 120 });
  }, 120_000);

  test.runIf(isLong)("100,000 tasks, 400,000 steps and 200,000 gates", async () => {
    await measure(100_000, { overview: 1500, filter: 200, sort: 400, scroll: 16, memory: 120 });
  }, 600_000);

  // Its tasks do not fit into the cache: a filter or a sort reads 430 MB anew, which takes a second by itself.
  test.runIf(isLong)("a file of 1 GB", async () => {
    await measure(400_000, { overview: 6000, filter: 2000, sort: 2000, scroll: 16, memory: 200 });
  }, 1_200_000);

  test("the file and its programs stay small", () => {
    const html = readFileSync(HTML, "utf8");
    const page = /<script>([\s\S]*)<\/script>\s*<\/body>/.exec(html)?.[1] ?? "";
    const [whole, own] = [gzipSync(html).length, gzipSync(page).length];
    report("kB gzipped", { file: whole / 1000, "the page's own program": own / 1000 });
    expect(own).toBeGreaterThan(10_000);
    expect(own).toBeLessThan(60_000);
    expect(whole).toBeLessThan(520_000);
    expect(html.length).toBeLessThan(1_300_000);
  });
});
