import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { hotJournal, liveWal, restartedWal } from "../browser/databases.ts";
import { newColony, open, sha256 } from "../colony-kit.ts";
import { sqlite3, tempDir } from "../helpers.ts";
import { openPage, pick, visit, withNatives } from "./kit.ts";

/** Databases as operators copy them, picked in a real browser. */

/** The goals the page shows, as the SQL view counts them. */
async function ask(page: Page, sql: string): Promise<string[]> {
  await visit(page, `#/sql?q=${encodeURIComponent(sql)}`);
  await page.getByRole("button", { name: "Run" }).click();
  const cells = page.getByRole("grid", { name: /Result/ }).getByRole("gridcell");
  await cells.first().waitFor();
  return cells.allTextContents();
}

describe("what lies beside a database", () => {
  withNatives("a live -wal: the newest committed rows are shown, uncommitted ones not, the files stay as they are", async () => {
    const path = liveWal(tempDir());
    const before = [path, `${path}-wal`].map(sha256);
    const page = await openPage();
    await pick(page, path, `${path}-wal`);
    await page.getByText("-wal merged").waitFor();
    expect(await page.locator(".top .badge").first().getAttribute("title")).toMatch(/^Merged from the -wal: [\d,]+ frames?, 3 commits, last written 20.* UTC\. [\d,]+ frames? of a transaction that had not ended are left out\.$/);
    expect(await page.getByRole("progressbar", { name: "Tasks by status" }).getAttribute("aria-valuetext")).toBe("0 of 5 done, 0 %");
    await visit(page, "#/tasks");
    await page.getByText("5 tasks", { exact: true }).waitFor();
    expect(await ask(page, "SELECT group_concat(id) FROM (SELECT id FROM tasks ORDER BY id)")).toEqual(["new0-0,new1-0,new2-0,old0,old1"]);
    expect([path, `${path}-wal`].map(sha256)).toEqual(before);
  });

  withNatives("without its -wal: older rows, under a warning that says so", async () => {
    const page = await openPage();
    await pick(page, liveWal(tempDir()));
    const warning = page.locator(".banner.warning");
    await warning.waitFor();
    expect(await warning.textContent()).toContain("the newest commits are in it, and may be missing here");
    expect(await page.locator(".top .badge.warning").textContent()).toBe("-wal missing: newest commits may be missing");
    expect(await page.getByRole("progressbar", { name: "Tasks by status" }).getAttribute("aria-valuetext")).toBe("0 of 2 done, 0 %");
  });

  withNatives("a torn -wal: what is sound is merged, and the page says where it stops", async () => {
    const path = liveWal(tempDir());
    truncateSync(`${path}-wal`, 32 + 4120 + 100);
    const page = await openPage();
    await pick(page, path, `${path}-wal`);
    await page.locator(".banner.warning").waitFor();
    expect(await page.locator(".banner.warning").textContent()).toMatch(/stale or torn: it stops counting at frame 2 \(cut off\)/);
  });

  withNatives("a -wal that began anew: its older frames do not count", async () => {
    const path = restartedWal(tempDir());
    const page = await openPage();
    await pick(page, path, `${path}-wal`);
    await page.getByText("-wal merged").waitFor();
    await page.getByText("all 201").waitFor();
  });

  withNatives("a hot -journal is rolled back over the file, which stays as it is", async () => {
    const path = hotJournal(tempDir());
    const before = [path, `${path}-journal`].map(sha256);
    const page = await openPage();
    await pick(page, path, `${path}-journal`);
    await page.getByText("hot journal rolled back").waitFor();
    expect(await ask(page, "SELECT count(*) || ' ' || sum(goal LIKE 'torn%') FROM tasks")).toEqual(["40 0"]);
    expect([path, `${path}-journal`].map(sha256)).toEqual(before);
  });

  withNatives("a -journal that SQLite has put aside is not said to have been rolled back", async () => {
    const { path } = await newColony();
    sqlite3(path, "PRAGMA journal_mode = PERSIST; INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('a', 'b', datetime('now'), datetime('now'))");
    const page = await openPage();
    await pick(page, path, `${path}-journal`);
    await page.getByText("all 1").waitFor();
    expect(await page.locator(".top .badge").first().textContent()).toBe("rollback journal");
  });

  withNatives("a saved database has it all, in one file that sqlite3 reads", async () => {
    const folder = tempDir();
    const path = liveWal(folder);
    const page = await openPage();
    await pick(page, path, `${path}-wal`);
    await visit(page, "#/tasks");
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the database (.db)" }).click()]);
    const saved = join(folder, "saved.db");
    await download.saveAs(saved);
    expect(sqlite3(saved, "SELECT count(*) FROM tasks; PRAGMA integrity_check; PRAGMA journal_mode")).toBe("5\nok\ndelete");
    expect(download.suggestedFilename()).toMatch(/merged\.db$/);
  });

  withNatives("a newer schema and a damaged file are said to be, and what can be read is shown", async () => {
    const { path } = await newColony();
    const db = await open(path);
    await db.seedTasks(Array.from({ length: 500 }, (_, index) => ({ goal: `task ${index} ${"x".repeat(200)}`, steps: [{ title: "step" }] })));
    await db.close();
    sqlite3(path, "PRAGMA user_version = 9");
    const page = await openPage();
    await pick(page, path);
    await page.getByText("schema version 9, which is newer than this page").waitFor();

    const steps = Number(sqlite3(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'steps'"));
    const bytes = readFileSync(path);
    bytes.fill(0xa5, (steps - 1) * 4096, steps * 4096);
    writeFileSync(path, bytes);
    await page.goto(`${page.url().split("#")[0]}#/overview`);
    await page.reload();
    await pick(page, path);
    await page.getByText("all 500").waitFor();
    await page.getByText("database disk image is malformed").first().waitFor();
    await visit(page, "#/health");
    await page.getByRole("button", { name: "Quick check" }).click();
    const verdict = page.getByRole("region", { name: "The file" }).locator(".error");
    await verdict.waitFor();
    expect(await verdict.textContent()).toMatch(/malformed|btree|page/i);
  });

  withNatives("what is no database, and a sidecar alone, are refused in words", async () => {
    const folder = tempDir();
    const junk = join(folder, "junk.db");
    writeFileSync(junk, "This is a letter, and no database at all. ".repeat(50));
    const page = await openPage();
    await pick(page, junk);
    expect(await page.getByRole("alert").textContent()).toContain("file is not a database");
    const path = liveWal(folder);
    await pick(page, `${path}-wal`);
    await page.getByText("progress.db-wal is no database of its own").first().waitFor();
    await pick(page, path, `${path}-wal`);
    await page.getByText("-wal merged").waitFor();
  });

  withNatives("a file that changed on disk since it was picked is said to have, and can be picked again", async () => {
    const folder = tempDir();
    const path = liveWal(folder);
    const page = await openPage();
    await pick(page, path, `${path}-wal`);
    await page.getByText("-wal merged").waitFor();
    await new Promise((resolve) => setTimeout(resolve, 1100)); // File systems and browsers compare whole seconds.
    // A query that is stopped takes the worker with it; the next one reads the files anew.
    await visit(page, "#/sql");
    await page.getByRole("textbox", { name: "SQL" }).fill("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("button", { name: "Stop" }).waitFor();
    sqlite3(path, "INSERT INTO tasks (id, goal, created_at, updated_at) SELECT 'later' || value, hex(zeroblob(9000)), datetime('now'), datetime('now') FROM generate_series(1, 400)");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("the file changed on disk since it was picked").waitFor();
    await pick(page, path);
    await page.getByRole("button", { name: "Run" }).waitFor(); // The place is kept.
    await visit(page, "#/overview");
    await page.getByText("all 405").waitFor();
  });

  withNatives("what is in memory of a file that has changed is not shown any more", async () => {
    const { path } = await newColony();
    const db = await open(path);
    await db.seedTasks(Array.from({ length: 50 }, (_, index) => ({ goal: `task ${index}` })));
    await db.close();
    const page = await openPage({ hash: "#/tasks" });
    await pick(page, path);
    await page.getByText("task 7").waitFor();
    await visit(page, "#/tasks?sort=-goal");
    await new Promise((resolve) => setTimeout(resolve, 1100)); // File systems and browsers compare whole seconds.
    sqlite3(path, "UPDATE tasks SET goal = 'another'");
    await visit(page, "#/tasks?sort=goal");
    expect(await page.getByRole("alert").textContent()).toContain("the file changed on disk since it was picked");
  });
});
