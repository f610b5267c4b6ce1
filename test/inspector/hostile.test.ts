import { describe, expect } from "vitest";
import { newColony, open } from "../colony-kit.ts";
import { sqlite3, testWith } from "../helpers.ts";
import { openPage, pick, visit } from "./kit.ts";

/** What agents write may be anything. `openPage` fails a test in which the policy or a script complains. */

const SCRIPT = `<script>document.title = "owned"</script><img src=x onerror="document.title='owned'"><style>body{display:none}</style>`;
const RTL = "\u202Egnp.exe \u2067evil\u2069 \u200F";

describe("hostile texts", () => {
  testWith("chromium", "sqlite3")("HTML, scripts, direction marks and 5 MB are shown as text, and the page stays quick", async () => {
    const { path } = await newColony();
    const db = await open(path);
    const long = `${SCRIPT} ${"long words ".repeat(480_000)}`;
    await db.seedTasks([
      {
        id: "nasty", goal: `${SCRIPT} ${RTL}`, payload: { [SCRIPT]: SCRIPT, __proto__: { a: 1 }, big: "BIG" },
        steps: [{ title: SCRIPT, detail: RTL }], sop_items: [{ key: SCRIPT, description: SCRIPT, note: RTL }],
      },
      { id: "long", goal: long, payload: long },
      { id: `'; rm -rf ~; #${SCRIPT}`, goal: "an id for a shell", parent_task_id: "nasty" },
    ]);
    const claim = await db.claimTask({ workerId: SCRIPT, taskId: "nasty" });
    await db.completeStep(claim!, 1, { evidence: SCRIPT });
    await db.failTask(claim!, { error: `${SCRIPT}\n${long}` });
    await db.close();
    sqlite3(path, `UPDATE tasks SET payload = replace(payload, '"BIG"', '9007199254740993') WHERE id = 'nasty'; CREATE TABLE "<b>x</b>" (a TEXT); INSERT INTO "<b>x</b>" VALUES ('${SCRIPT.replaceAll("'", "''")}')`);

    const page = await openPage();
    await page.evaluate(() => {
      const state = globalThis as unknown as { longest: number };
      state.longest = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) state.longest = Math.max(state.longest, entry.duration);
      }).observe({ type: "longtask" });
    });
    await pick(page, path);
    await page.getByText("Needs attention").waitFor();
    await visit(page, "#/task/nasty");
    const panel = page.getByRole("article", { name: "Task" });
    await panel.getByText("SOP gates").waitFor();
    expect(await panel.getByRole("heading", { level: 2 }).first().textContent()).toBe(`${SCRIPT} ${RTL}`);
    // Exact though it is beyond 2^53, and nothing is lost to a prototype.
    expect(await panel.locator(".json").textContent()).toContain("9007199254740993");
    expect(await panel.locator(".evidence").textContent()).toBe(SCRIPT);
    expect(await panel.getByText(/Shown: 20,000 of 5,2\d\d,\d\d\d characters/).count()).toBe(1);
    await panel.getByRole("button", { name: "Show more" }).click();
    await panel.getByText(/Shown: 70,000 of/).waitFor();
    for (const route of ["#/tasks", "#/failures", "#/workers", "#/tree", "#/health", "#/overview", `#/tables/${encodeURIComponent("<b>x</b>")}`, "#/tables/tasks", "#/task/long"]) {
      await visit(page, route);
      expect(await page.locator("main").locator("script, img, style").count(), route).toBe(0);
      expect(await page.title(), route).toContain("Colony inspector");
    }
    await visit(page, "#/task/nasty");
    await panel.getByText("an id for a shell").click();
    await page.getByRole("button", { name: "Commands" }).click();
    expect(await page.getByRole("button", { name: /Show it/ }).getAttribute("title")).toBe(`colony show ''\\''; rm -rf ~; #${SCRIPT.replaceAll("'", String.raw`'\''`)}'`);
    // On a machine that is busy with other tests; a text of 5 MB laid out at once takes seconds.
    expect(await page.evaluate(() => (globalThis as unknown as { longest: number }).longest)).toBeLessThan(700);
  });
});
