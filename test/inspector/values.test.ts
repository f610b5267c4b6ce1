import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Download, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { root, tempDir, testWith } from "../helpers.ts";
import { openPage, openSample, pick, visit } from "./kit.ts";

/** Values as they are, in any schema; and as they leave the page. */

const inChromium = testWith("chromium", "sqlite3");

function foreign(): string {
  const path = join(tempDir(), "tracker.db");
  execFileSync("sqlite3", [path, `
    CREATE TABLE "odd ]""name" (id INTEGER PRIMARY KEY, "a b" TEXT, rowid BLOB);
    INSERT INTO "odd ]""name" VALUES (1, NULL, NULL), (2, '', x''), (3, '9007199254740993', 9007199254740993), (4, '=1+1', x'00ff10'), (9007199254740993, 'a "quoted", line
two', 0.1);
    CREATE TABLE unkeyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO unkeyed VALUES ('one', 1);
    CREATE VIEW doubled AS SELECT id * 2 AS twice FROM "odd ]""name";
    CREATE TABLE vacant (a);`]);
  return path;
}

async function run(page: Page, sql: string): Promise<void> {
  const area = page.getByRole("textbox", { name: "SQL" });
  await area.fill(sql);
  await area.press("Control+Enter");
}

async function cells(page: Page): Promise<string[]> {
  const grid = page.locator("main").getByRole("grid");
  await expect.poll(async () => (await grid.getByRole("gridcell").allTextContents()).filter((text) => text !== "…").length).toBeGreaterThan(0);
  return grid.getByRole("gridcell").allTextContents();
}

const textOf = async (download: Download): Promise<string> => readFileSync(await download.path(), "utf8");

describe("values", () => {
  inChromium("NULL, '', 2^53 + 1, its text, floats and blobs are told apart, in a schema of somebody else's", async () => {
    const page = await openPage();
    await pick(page, foreign());
    await page.getByText("There is no ledger in this database").waitFor();
    await page.getByRole("link", { name: "odd ]\"name" }).click();
    expect(await cells(page)).toEqual([
      "1", "NULL", "NULL", "2", "''", "x'' 0 bytes", "3", "9007199254740993", "9007199254740993", "4", "=1+1", "x'00ff10' 3 bytes", "9007199254740993", "a \"quoted\", line\ntwo", "0.1",
    ]);
    // A number and the same digits as text look different.
    expect(await page.getByRole("gridcell", { name: "9007199254740993" }).locator(".value-number").count()).toBe(2);
    await page.getByRole("link", { name: "unkeyed" }).click();
    expect(await cells(page)).toEqual(["one", "1"]);
    await page.getByRole("link", { name: "doubled view" }).click();
    await page.getByText("5 rows").waitFor();
    await page.getByRole("link", { name: "vacant" }).click();
    await page.getByText("No rows").waitFor();
    await visit(page, "#/overview"); // No ledger, no overview: the tables instead.
    await page.getByRole("heading", { name: "Tables" }).waitFor();
  });

  inChromium("the console repeats names, cuts at 10,000 rows and says so, refuses to write, explains, and stops", async () => {
    const page = await openSample({ hash: "#/sql" });
    await run(page, "SELECT 1 AS a, 2 AS a");
    expect(await cells(page)).toEqual(["1", "2"]);
    await run(page, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT i FROM n");
    await page.getByText("The first 10,000 rows: there are more in").waitFor();
    await run(page, "DELETE FROM tasks");
    await page.getByText("attempt to write a readonly database").waitFor();
    await run(page, "SELEC 1");
    await page.getByText("near \"SELEC\": syntax error").waitFor();
    await page.getByRole("textbox", { name: "SQL" }).fill("SELECT * FROM tasks WHERE id = 'x'");
    await page.getByRole("button", { name: "Explain query plan" }).click();
    await page.getByText(/SEARCH tasks USING INDEX/).waitFor();

    await run(page, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Run" }).waitFor();
    await run(page, "SELECT count(*) FROM tasks");
    expect(await cells(page)).toEqual(["140"]);
    await page.getByRole("button", { name: "History" }).click();
    await page.getByRole("button", { name: "SELECT 1 AS a, 2 AS a" }).click();
    expect(await page.getByRole("textbox", { name: "SQL" }).inputValue()).toBe("SELECT 1 AS a, 2 AS a");
  });

  inChromium("the command for a group of failures is one that colony takes", async () => {
    const page = await openSample({ hash: "#/failures" });
    const command = await page.getByRole("button", { name: "Copy colony retry" }).first().getAttribute("title");
    const path = join(tempDir(), "progress.db");
    writeFileSync(path, gunzipSync(readFileSync(join(root, "examples/inspector/sample.db.gz"))));
    const ids = execFileSync("sh", ["-c", `exec "$0" dist/cli/colony.cjs ${command!.replace(/^colony /, "")} --db "$1"`, process.execPath, path], { cwd: root, encoding: "utf8" });
    expect(ids.trim().split("\n")).toHaveLength(8);
    expect(execFileSync("sqlite3", [path, "SELECT count(*) FROM tasks WHERE status = 'failed'"], { encoding: "utf8" }).trim()).toBe("3");
  });

  inChromium("every ready query runs", async () => {
    const page = await openSample({ hash: "#/sql" });
    await page.getByRole("button", { name: "Ready queries" }).click();
    const titles = await page.locator(".sheet button").allTextContents();
    expect(titles.length).toBe(12);
    for (const [index] of titles.entries()) {
      if (index > 0) await page.getByRole("button", { name: "Ready queries" }).click();
      await page.locator(".sheet button").nth(index).click();
      await page.getByRole("textbox", { name: "SQL" }).press("Control+Enter");
      await page.locator(".told").filter({ hasText: /rows? in/ }).waitFor();
      expect(await page.getByRole("alert").count(), titles[index]).toBe(0);
    }
  });

  inChromium("exports have all rows, safe for spreadsheets, exact in JSON", async () => {
    const page = await openPage();
    await pick(page, foreign());
    await page.getByRole("link", { name: "odd ]\"name" }).click();
    const saved = async (format: string): Promise<string> => {
      await page.getByRole("button", { name: "Export" }).click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: format, exact: true }).click()]);
      return textOf(download);
    };
    expect(await saved("CSV")).toBe([
      "id,a b,rowid", "1,,", "2,,x''", "3,9007199254740993,9007199254740993", "4,'=1+1,x'00ff10'", "9007199254740993,\"a \"\"quoted\"\", line\ntwo\",0.1", "",
    ].join("\r\n"));
    const json = await saved("JSON");
    expect(json).toContain("\"id\":9007199254740993");
    expect(JSON.parse(json)).toHaveLength(5);
    expect((await saved("NDJSON")).trim().split("\n").map((line) => JSON.parse(line) as unknown)[3]).toEqual({ id: 4, "a b": "=1+1", rowid: { blob: "00ff10" } });
    expect(await saved("Markdown")).toContain("| 9007199254740993 | a \"quoted\", line two | 0.1 |");
  });
});
