import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { artefact, inChromium, openPage, openSample, ROUTES, settled, visit } from "./kit.ts";

/** Every view, in both themes and both widths: looked at, and checked by axe. */

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page: Page): Promise<string[]> {
  // Through the debugger, since the page's policy lets no script in.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    type Found = { id: string; nodes: { html: string; failureSummary: string }[] };
    const { violations: found } = await (globalThis as unknown as { axe: { run(): Promise<{ violations: Found[] }> } }).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)}\n  ${failureSummary}`).slice(0, 3).join("\n")}`);
  });
}

const sidewaysBy = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each(["light", "dark"] as const)("in the %s theme", (colorScheme) => {
  inChromium.each([1280, 380])("no view breaks a rule of axe or scrolls sideways at %i px", async (width) => {
    const welcome = await openPage({ width, colorScheme });
    await welcome.screenshot({ path: artefact(`open-${width}-${colorScheme}.png`) });
    expect(await violations(welcome), "open").toEqual([]);
    expect(await sidewaysBy(welcome), "open").toBe(0);

    const page = await openSample({ width, colorScheme });
    for (const [name, route] of Object.entries(ROUTES)) {
      await visit(page, route);
      if (name === "sql") {
        await page.getByRole("button", { name: "Run" }).click();
        await page.getByRole("grid", { name: /Result/ }).waitFor();
      }
      await settled(page);
      await page.screenshot({ path: artefact(`${name}-${width}-${colorScheme}.png`), fullPage: !["tasks", "sql", "tables"].includes(name) });
      expect(await violations(page), name).toEqual([]);
      expect(await sidewaysBy(page), name).toBe(0);
    }
    await page.getByRole("button", { name: "Keys and states" }).click();
    await page.screenshot({ path: artefact(`help-${width}-${colorScheme}.png`) });
    expect(await violations(page), "help").toEqual([]);
  });
});

inChromium("nor does what opens on demand: menus, suggestions, groups, a worker, a row, a warning", async () => {
  const page = await openSample();
  const look = async (what: string): Promise<void> => {
    await settled(page);
    expect(await violations(page), what).toEqual([]);
  };
  await visit(page, "#/tasks");
  await page.getByRole("searchbox", { name: "Filter" }).fill("status:");
  await page.getByRole("group", { name: "Suggestions" }).waitFor();
  await look("suggestions");
  for (const name of ["Saved views", "Columns", "Export"]) {
    await page.getByRole("button", { name, exact: true }).click();
    await look(name);
    await page.keyboard.press("Escape");
  }
  await visit(page, "#/failures");
  await page.getByRole("link", { name: /No licence text/ }).click();
  await page.getByRole("grid").waitFor();
  await look("a group of failures");
  await visit(page, "#/worker/scout-2");
  await page.locator("rect.span").first().waitFor();
  await look("a worker");
  await visit(page, "#/tables/tasks");
  await page.getByRole("gridcell").nth(3).click();
  await page.getByRole("region", { name: "Row" }).waitFor();
  await look("a row");
  await visit(page, "#/overview");
  for (const summary of await page.locator("figure summary").all()) await summary.click();
  await look("tables of charts");
  await page.getByRole("combobox", { name: "Ages are counted from" }).selectOption("now");
  await page.getByText("every claim looks stale").waitFor();
  await look("a warning");
  await visit(page, "#/nonsense/x");
  await look("an unknown view");
});

describe("pictures", () => {
  inChromium("every chart has its numbers as a table beside it", async () => {
    const page = await openSample();
    const seen: string[] = [];
    for (const view of ["overview", "workers"]) {
      await visit(page, `#/${view}`);
      await page.locator("figure.chart").first().waitFor();
      await settled(page);
      for (const figure of await page.locator("figure.chart").all()) {
        const picture = figure.getByRole("img");
        expect(await picture.getAttribute("aria-label")).toMatch(/ \S+ \S+ /);
        expect(await picture.locator("rect, polygon").count()).toBeGreaterThan(2);
        await figure.locator("summary").click();
        expect(await figure.locator("tbody tr").count()).toBeGreaterThan(2);
        seen.push((await picture.getAttribute("aria-label"))!.split(":")[0]!.split(",")[0]!);
      }
    }
    expect(seen).toEqual(["Status over time", "Throughput", "Step durations", "Worker lanes"]);
    await visit(page, "#/tree");
    expect(await page.getByRole("treegrid").getByRole("row").count()).toBeGreaterThan(1);
    expect(await page.getByRole("progressbar", { name: "With all below it" }).first().getAttribute("aria-valuetext")).toMatch(/^\d+ of \d+ done/);
  });

  inChromium("the page reflows at 320 px, as at 400 % zoom, and keeps its words without colours", async () => {
    const page = await openSample({ width: 320 });
    for (const route of Object.values(ROUTES)) {
      await visit(page, route);
      expect(await sidewaysBy(page), route).toBe(0);
    }
    await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
    await visit(page, "#/tasks");
    expect(await page.getByRole("gridcell").filter({ hasText: /^(?:done|failed|pending|in progress)/ }).count()).toBeGreaterThan(10);
  });
});
