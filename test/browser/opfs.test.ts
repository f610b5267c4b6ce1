import { describe, expect } from "vitest";
import { testWith } from "../helpers.ts";
import { cases } from "../proof.ts";
import { call, newPage } from "./kit.ts";

/** Databases that live in the browser, worked on by several tabs. */

const inChromium = testWith("chromium");

describe("a database in the origin private file system", () => {
  inChromium("is there again in the next tab, with what was acknowledged", async () => {
    const first = await newPage();
    await call(first, "open", "opfs", "reopened");
    await call(first, "enqueue", "task", 3, 1);
    await first.close();
    const second = await newPage();
    await call(second, "open", "opfs", "reopened");
    expect(await call(second, "sql", "SELECT goal FROM tasks ORDER BY rowid")).toEqual([0, 1, 2].map((n) => ({ goal: `task-${n}` })));
  });

  inChromium("is opened and closed by many calls at once in one worker", async () => {
    expect(await call(await newPage(), "atOnce", "at-once", 60)).toBe(48);
  });

  inChromium("takes the writes of two tabs at once, and loses none", async () => {
    const tabs = [await newPage(), await newPage()];
    await Promise.all(tabs.map((tab) => call(tab, "open", "opfs", "two-tabs"))); // Both make it.
    await Promise.all(tabs.map((tab, n) => call(tab, "enqueue", `tab-${n}`, 1000, 20)));
    for (const tab of tabs) {
      expect(await call(tab, "sql", "SELECT count(*) AS tasks, count(DISTINCT goal) AS goals FROM tasks")).toEqual([{ tasks: 2000, goals: 2000 }]);
      expect(await call(tab, "sql", "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    }
  });

  inChromium("gives each task to one tab only", async () => {
    const tabs = [await newPage(), await newPage(), await newPage()];
    for (const tab of tabs) await call(tab, "open", "opfs", "drained");
    await call(tabs[0]!, "enqueue", "task", 120, 120);
    const drained = await Promise.all(tabs.map((tab, n) => call<string[]>(tab, "drain", `tab-${n}`)));
    expect(new Set(drained.flat()).size).toBe(120);
    expect(drained.flat()).toHaveLength(120);
  });

  inChromium("is held by a transaction over several calls; other tabs wait, and lose nothing", async () => {
    const [tab, other] = [await newPage(), await newPage()];
    for (const each of [tab, other]) await call(each, "open", "opfs", "held");
    const sql = (text: string): Promise<unknown[][]> => call(tab, "script", "held/data/progress.db", text);
    await sql("BEGIN IMMEDIATE; INSERT INTO tasks (id, goal, created_at, updated_at) VALUES ('ours', 'ours', 'now', 'now')");
    let isDone = false;
    const waiting = call(other, "enqueue", "theirs", 1, 1).then(() => (isDone = true));
    const third = await newPage();
    const opening = call(third, "open", "opfs", "held"); // Takes the files to make them, before it has the lock.
    expect(await sql("SELECT count(*) FROM tasks")).toEqual([[1]]);
    expect(isDone).toBe(false);
    await sql("COMMIT");
    await Promise.all([waiting, opening]);
    expect(await call(other, "sql", "SELECT goal FROM tasks ORDER BY rowid")).toEqual([{ goal: "ours" }, { goal: "theirs-0" }]);
  });

  inChromium("is recovered by the next tab when one is closed in mid-write", async () => {
    let [tab, hotJournals] = [await newPage(), 0];
    await call(tab, "open", "opfs", "killed");
    await call(tab, "enqueue", "task", 1000, 1000);
    for (let round = 0; round < cases(4, 20); round++) {
      const isRunning = tab.waitForFunction(() => window.notes >= 2);
      tab.evaluate(() => window.call("rewrite", [])).catch(() => {}); // The tab is closed under it.
      await isRunning;
      await new Promise((resolve) => setTimeout(resolve, (30 * round) % 200));
      await tab.close();
      tab = await newPage();
      if (await call<number>(tab, "opfsSize", "killed/data/progress.db-journal") > 0) hotJournals++;
      await call(tab, "open", "opfs", "killed");
      expect(await call(tab, "sql", "SELECT count(*) AS tasks, count(DISTINCT goal) AS goals FROM tasks")).toEqual([{ tasks: 1000, goals: 1 }]);
      expect(await call(tab, "sql", "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    }
    expect(hotJournals, "transactions that were cut off").toBeGreaterThan(0);
  });

  inChromium("tells a watching tab of another tab's commit", async () => {
    const [watching, writing] = [await newPage(), await newPage()];
    for (const tab of [watching, writing]) await call(tab, "open", "opfs", "watched");
    const seen = call<number[]>(watching, "watchUntil", 5);
    await call(writing, "enqueue", "task", 5, 1);
    expect((await seen).at(-1)).toBe(5);
  });

  inChromium("is refused on a page, with the way out", async () => {
    const page = await newPage();
    expect(await page.evaluate(() => window.onPage("opfs"))).toMatchObject({ code: "IO", hint: expect.stringContaining("worker") });
  });
});

describe("a Web Lock", () => {
  inChromium("that was stolen is no longer held: nothing is written without it", async () => {
    expect(await call(await newPage(), "stolenLock")).toEqual({ before: true, after: false });
  });
});

describe("a snapshot in IndexedDB", () => {
  inChromium("takes the writes of two tabs at once, and loses none", async () => {
    const tabs = [await newPage(), await newPage()];
    await Promise.all(tabs.map((tab) => call(tab, "open", "snapshot", "colony")));
    await Promise.all(tabs.map((tab, n) => call(tab, "enqueue", `tab-${n}`, 100, 10)));
    for (const tab of tabs) {
      expect(await call(tab, "sql", "SELECT count(*) AS tasks, count(DISTINCT goal) AS goals FROM tasks")).toEqual([{ tasks: 200, goals: 200 }]);
    }
  });

  inChromium("works on a page, and is there again in the next", async () => {
    const page = await newPage();
    await page.evaluate(() => window.onPage("keepSnapshot"));
    await page.reload();
    expect(await page.evaluate(() => window.onPage("readSnapshot"))).toEqual(["kept"]);
  });
});
