import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { inChromium, openSample, settled } from "./kit.ts";

/** Every view by keyboard alone: nothing here uses the mouse after the sample is open. */

const path = (page: Page): Promise<string> => page.evaluate(() => location.hash);
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
  await settled(page);
}

describe("by keyboard alone", () => {
  inChromium("g and a letter go to every view, and 1 to 5 filter", async () => {
    const page = await openSample();
    for (const [key, route] of Object.entries({ t: "tasks", f: "failures", w: "workers", d: "tree", h: "health", s: "sql", o: "overview", r: "tables" })) {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await press(page, "g", key);
      expect(await path(page)).toBe(`#/${route}`);
    }
    await press(page, "5");
    expect(await path(page)).toBe("#/tasks?q=status%3Afailed");
    await press(page, "1");
    expect(await path(page)).toBe("#/tasks?q=status%3Apending");
  });

  inChromium("a row is found, opened, left to its neighbours and its parent, and closed", async () => {
    const page = await openSample();
    await press(page, "g", "t");
    await press(page, "j", "j", "k", "Enter");
    const opened = await path(page);
    expect(opened).toMatch(/^#\/task\/[^?]+$/);
    await page.getByRole("article", { name: "Task" }).getByText("SOP gates").waitFor();
    // What is beside a task is known once the worker has answered.
    await page.locator("button[aria-label='Next task']:enabled").waitFor();
    await press(page, "]");
    await expect.poll(() => path(page), { timeout: 10_000 }).not.toBe(opened);
    const shown = page.getByRole("article", { name: "Task" }).locator("header code");
    await expect.poll(async () => opened.includes(encodeURIComponent(await shown.innerText())), { timeout: 10_000 }).toBe(false);
    await page.locator("button[aria-label='Previous task']:enabled").waitFor();
    await press(page, "[");
    await expect.poll(() => path(page), { timeout: 10_000 }).toBe(opened);
    await page.getByRole("article", { name: "Task" }).getByText("Parent:").waitFor();
    await press(page, "p");
    await expect.poll(() => path(page), { timeout: 10_000 }).toMatch(/^#\/task\/group-/);
    await press(page, "Escape");
    expect(await path(page)).toBe("#/tasks");
    await press(page, "/");
    await page.keyboard.type("status:failed preact");
    await page.keyboard.press("Enter");
    await expect.poll(() => path(page)).toContain("preact");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe("INPUT");
  });

  inChromium("Tab reaches the table, arrows move in it, and the active row is named", async () => {
    const page = await openSample({ hash: "#/tasks" });
    const grid = page.getByRole("grid", { name: /^Tasks/ });
    await grid.waitFor();
    await settled(page);
    for (let times = 0; times < 40 && !(await grid.evaluate((element) => element === document.activeElement)); times++) await page.keyboard.press("Tab");
    await press(page, "ArrowDown", "ArrowDown");
    // The active row is named once it is drawn.
    const activeRow = () => expect.poll(() => grid.evaluate((element) =>
      document.getElementById(element.getAttribute("aria-activedescendant") ?? "")?.getAttribute("aria-rowindex")), { timeout: 10_000 });
    await activeRow().toBe("4");
    await press(page, "End");
    await activeRow().toBe(await grid.getAttribute("aria-rowcount"));
    await press(page, "Enter");
    expect(await path(page)).toMatch(/^#\/task\//);
  });

  inChromium("the tree unfolds and folds; SQL runs; help, theme and the sort answer", async () => {
    const page = await openSample({ hash: "#/tree" });
    const tree = page.getByRole("treegrid");
    await tree.waitFor();
    await tree.focus();
    await press(page, "ArrowRight", "ArrowDown");
    await expect.poll(() => tree.getByRole("row", { level: 2 }).count()).toBeGreaterThan(3);
    await press(page, "ArrowLeft", "ArrowLeft");
    await expect.poll(() => tree.getByRole("row", { level: 2 }).count()).toBe(0);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await press(page, "e");
    await expect.poll(() => tree.getByRole("row", { level: 2 }).count()).toBeGreaterThan(3);
    await press(page, "w");
    await expect.poll(() => tree.getByRole("row", { level: 2 }).count()).toBe(0);

    await press(page, "g", "s");
    await page.getByRole("textbox", { name: "SQL" }).focus();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("grid", { name: /Result, 5 rows|Result, 4 rows/ }).waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());

    await press(page, "T");
    expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("light");
    await press(page, "?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);

    await press(page, "g", "t");
    const heading = page.getByRole("button", { name: "Priority" });
    await heading.focus();
    await press(page, "Enter");
    expect(await page.getByRole("columnheader", { name: "Priority" }).getAttribute("aria-sort")).toBe("ascending");
  });

  inChromium("single keys can be switched off, and do nothing while one writes", async () => {
    const page = await openSample();
    await press(page, "?");
    await page.getByRole("checkbox", { name: "Single keys" }).focus();
    await press(page, "Space", "Escape");
    await press(page, "g", "t");
    expect(await path(page)).not.toContain("tasks");
    await page.evaluate(() => localStorage.clear());
  });
});
