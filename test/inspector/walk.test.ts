import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { newColony, open } from "../colony-kit.ts";
import { sqlite3 } from "../helpers.ts";
import { openPage, pick, settled, visit, withNatives } from "./kit.ts";

/** What the page tells of a whole colony, and what SQLite says of the same file. */

/** 20,000 tasks, rowids with gaps and below zero; steps and gates far from their tasks, some of nobody's. */
async function scattered(): Promise<string> {
  const { path } = await newColony();
  sqlite3(path, `
    PRAGMA foreign_keys = OFF;
    INSERT INTO tasks (rowid, id, seq, goal, status, retry_count, created_at, updated_at, started_at, completed_at)
    SELECT value * 7 - 5000, 't-' || value, value, 'goal ' || value, CASE value % 5 WHEN 0 THEN 'pending' WHEN 1 THEN 'failed' ELSE 'done' END, value % 5,
      datetime('now', '-3 days'), datetime('now', -(value % 3000) || ' minutes'), datetime('now', '-1 days'),
      CASE WHEN value % 5 > 0 AND value % 11 > 0 THEN strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', -(value % 3000) || ' minutes') END
    FROM generate_series(1, 20000);
    INSERT INTO steps (id, task_id, seq, title, status)
    SELECT 's' || value, 't-' || (value * 7919 % 20011), value / 20011, 'step', CASE value % 3 WHEN 0 THEN 'done' WHEN 1 THEN 'skipped' ELSE 'pending' END FROM generate_series(1, 50000);
    INSERT INTO sop_checklist (id, task_id, key, description, required, done_at)
    SELECT 'g' || value, 't-' || (value * 104729 % 20011), value / 20011, 'gate', value % 2, CASE WHEN value % 3 = 0 THEN datetime('now') END FROM generate_series(1, 30000);`);
  return path;
}

/** What stands in the first rows of the table, a line each: goal, steps, gates. */
async function rows(page: Page): Promise<string> {
  await settled(page);
  const lines = await page.locator("tbody tr:not(.spacer)").evaluateAll((all) => all.slice(0, 8).map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)));
  const titles = await page.locator("thead th").allTextContents();
  return lines.map((cells) => ["Goal", "Steps", "Gates"].map((title) => cells[titles.findIndex((each) => each.startsWith(title))]).join("|")).join("\n");
}

/** The same from the file. */
function expected(path: string, where: string): string {
  const share = (table: string, done: string): string =>
    `coalesce((SELECT nullif(sum(${done}) || '/' || count(*), '') FROM ${table} WHERE task_id = tasks.id HAVING count(*) > 0), '–')`;
  return sqlite3(path, `SELECT goal, ${share("steps", "status IN ('done', 'skipped')")}, ${share("sop_checklist", "done_at IS NOT NULL")} FROM tasks WHERE ${where} ORDER BY seq LIMIT 8`).trim();
}

describe("the walk over the file", () => {
  withNatives("counts each task's steps and gates, wherever they are, and finds the gates left open", async () => {
    const path = await scattered();
    const page = await openPage();
    await pick(page, path);
    await settled(page);
    const figure = (sql: string): string => Number(sqlite3(path, sql)).toLocaleString("en");
    const open = "EXISTS (SELECT 1 FROM sop_checklist WHERE task_id = tasks.id AND required <> 0 AND done_at IS NULL)";
    const text = await page.locator("main").textContent();
    expect(text).toContain(`${figure(`SELECT count(*) FROM tasks WHERE status = 'done' AND ${open}`)} tasks done with a required gate open`);
    expect(text).toContain(`${figure("SELECT count(*) FROM tasks WHERE status = 'failed'")} failed tasks`);
    expect(text).toContain(`${figure("SELECT sum(status <> 'pending') FROM steps")} of 50,000 done`);
    expect(text).toContain(`${figure("SELECT count(done_at) FROM sop_checklist")} of 30,000 met`);
    await visit(page, "#/tasks");
    expect(await rows(page)).toBe(expected(path, "1"));
    await visit(page, "#/tasks?q=is:open-gates");
    await page.getByText(`${figure(`SELECT count(*) FROM tasks WHERE ${open}`)} of 20,000 tasks`).waitFor();
    expect(await rows(page)).toBe(expected(path, open));
    await visit(page, "#/tasks?q=-is:open-gates%20status:done");
    await page.getByText(`${figure(`SELECT count(*) FROM tasks WHERE NOT ${open} AND status = 'done'`)} of 20,000 tasks`).waitFor();
    expect(await rows(page)).toBe(expected(path, `NOT ${open} AND status = 'done'`));
  });

  withNatives("a table that is opened first shows the same before the walk has come by", async () => {
    const path = await scattered();
    const page = await openPage({ hash: "#/tasks?q=status:done" });
    await pick(page, path);
    await page.getByRole("grid").waitFor();
    expect(await rows(page)).toBe(expected(path, "status = 'done'"));
  });

  withNatives("throughput is the ledger's own, of the whole time and of the last day", async () => {
    const path = await scattered();
    const page = await openPage();
    await pick(page, path);
    await settled(page);
    const chart = page.getByRole("region", { name: "Throughput" });
    const told = (): Promise<string | null> => chart.locator("svg").first().getAttribute("aria-label");
    const sums = "sum(status = 'done'), sum(status = 'failed') FROM tasks WHERE completed_at IS NOT NULL";
    const figures = (line: string): string => line.trim().split("|").map((each) => Number(each).toLocaleString("en")).join(" done and ");
    expect(await told()).toContain(`${figures(sqlite3(path, `SELECT ${sums}`))} failed`);
    await chart.getByLabel("Time shown").selectOption({ label: "24 hours" });
    await expect.poll(told).not.toContain(figures(sqlite3(path, `SELECT ${sums}`)));
    const ledger = await open(path);
    const { buckets } = await ledger.getThroughput({ windowMinutes: 1440, buckets: 60 });
    const sum = (key: "done" | "failed"): number => buckets.reduce((total, bucket) => total + bucket[key], 0);
    // A minute may have passed between the page's look and the ledger's.
    const [done = NaN, failed = NaN] = (/: ([\d,]+) done and ([\d,]+) failed/.exec((await told()) ?? "") ?? []).slice(1).map((each) => Number(each.replaceAll(",", "")));
    expect(Math.abs(done - sum("done"))).toBeLessThan(20);
    expect(Math.abs(failed - sum("failed"))).toBeLessThan(20);
    expect(sum("failed")).toBeGreaterThan(500);
  });
});
