import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { liveWal } from "../browser/databases.ts";
import { newColony, open } from "../colony-kit.ts";
import { tempDir } from "../helpers.ts";
import { inChromium, openPage, openSample, pick, serve, settled, visit, withNatives } from "./kit.ts";

/** Links lead to a place, before and after the database is open, and back and forward work. */

describe("links", () => {
  inChromium("opened without a database, a link asks for it, and leads to its place once it is picked", async () => {
    const { path } = await newColony();
    const db = await open(path);
    await db.seedTasks([{ id: "first", goal: "the first" }, { id: "second", goal: "the second", steps: [{ title: "a step" }] }]);
    await db.close();
    const page = await openPage({ hash: "#/task/second?q=second&colony=letters" });
    await page.getByText("This link leads to task second of colony letters").waitFor();
    await pick(page, path);
    await page.getByRole("article", { name: "Task" }).getByText("a step").waitFor();
    expect(await page.getByRole("searchbox", { name: "Filter" }).inputValue()).toBe("second");
    expect(await page.evaluate(() => location.hash)).toBe("#/task/second?q=second&colony=letters");
  });

  inChromium("back and forward go through views, filters and tasks", async () => {
    const page = await openSample();
    await visit(page, "#/tasks?q=status%3Afailed");
    await page.getByRole("row").nth(2).click();
    await page.getByRole("article", { name: "Task" }).waitFor();
    const task = await page.evaluate(() => location.hash);
    await visit(page, "#/failures");
    await page.goBack();
    await page.getByRole("article", { name: "Task" }).waitFor();
    expect(await page.evaluate(() => location.hash)).toBe(task);
    await page.goBack();
    await expect.poll(() => page.getByRole("article", { name: "Task" }).count()).toBe(0);
    expect(await page.getByRole("searchbox", { name: "Filter" }).inputValue()).toBe("status:failed");
    await page.goForward();
    await page.getByRole("article", { name: "Task" }).waitFor();
  });

  inChromium("a task that is not there is said not to be", async () => {
    const page = await openSample({ hash: "#/task/nobody" });
    await page.getByText("there is no task nobody in this database").waitFor();
  });

  inChromium("the page works from a static host as from a file", async () => {
    const page = await openPage({ url: await serve(), hash: "#/failures" });
    await page.getByRole("button", { name: "Sample colony" }).click();
    await page.getByRole("heading", { name: "Failures" }).waitFor();
  });

  withNatives("files with handles are looked at again by themselves, sidecars that come later too", async () => {
    const folder = tempDir();
    const { path } = await newColony();
    const db = await open(path);
    await db.seedTasks(Array.from({ length: 20 }, (_, index) => ({ id: `t-${index}`, goal: `task ${index}` })));
    const page = await openPage({ url: await serve() });
    const write = (name: string, file: string): Promise<void> => page.evaluate(async ([to, base64]) => {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle(to, { create: true });
      const stream = await handle.createWritable();
      await stream.write(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
      await stream.close();
    }, [name, readFileSync(file).toString("base64")] as const);
    await write("progress.db", path);
    // Real handles, of the page's own store: no dialog can be answered here.
    await page.evaluate(() => Object.assign(globalThis, {
      showOpenFilePicker: () => {},
      showDirectoryPicker: () => navigator.storage.getDirectory(),
    }));
    await page.getByRole("button", { name: "Pick a folder" }).click();
    await page.getByText("all 20").waitFor();
    await page.getByRole("combobox", { name: "Look again" }).selectOption("2");
    await page.waitForTimeout(1500);
    const claim = await db.claimTask({ workerId: "w" });
    await db.completeTask(claim!);
    await db.close();
    await write("progress.db", path);
    await page.getByText("+1 done").first().waitFor();

    const live = liveWal(folder);
    await write("progress.db", live);
    await write("progress.db-wal", `${live}-wal`);
    await page.getByText("-wal merged").waitFor();
    await page.getByText("all 5").waitFor();
  });

  inChromium("several databases picked together are a choice", async () => {
    const [one, two] = await Promise.all(["one", "two"].map(async (goal) => {
      const { path } = await newColony();
      const db = await open(path);
      await db.seedTasks([{ goal }]);
      await db.close();
      const named = join(tempDir(), `${goal}.db`);
      copyFileSync(path, named);
      return named;
    }));
    const page = await openPage({ hash: "#/tasks" });
    await pick(page, one!, two!);
    await page.getByRole("gridcell", { name: "one" }).waitFor();
    await page.getByRole("combobox", { name: "Colony" }).selectOption("two");
    await page.getByRole("gridcell", { name: "two" }).waitFor();
  });

  withNatives("looking again keeps the place, says what is new and tints it", async () => {
    const { path } = await newColony();
    const db = await open(path);
    await db.seedTasks(Array.from({ length: 300 }, (_, index) => ({ id: `t-${index}`, goal: `task ${index}`, seq: index })));
    const page = await openPage({ hash: "#/tasks?q=task&sort=seq" });
    await pick(page, path);
    const box = page.locator(".scroll.tall");
    await box.waitFor();
    // With a task open beside the table: it must not pull the table back to its row.
    await page.getByRole("gridcell", { name: "task 2", exact: true }).click();
    await page.getByRole("article", { name: "Task" }).getByText("SOP gates").waitFor();
    await settled(page);
    await page.waitForTimeout(1500); // The state to compare with is noted in the background.
    await box.evaluate((element) => element.scrollTo({ top: 3200 }));
    for (let times = 0; times < 3; times++) {
      const claim = await db.claimTask({ workerId: "w", taskId: `t-${100 + times}` });
      if (times < 2) await db.completeTask(claim!);
      else await db.failTask(claim!, { error: "no" });
    }
    await db.close();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Shift+R")]);
    await chooser.setFiles([path]);
    await page.getByText("+2 done, 1 new failure").first().waitFor();
    expect(await page.getByRole("status").filter({ hasText: "+2 done" }).count()).toBeGreaterThan(0);
    await expect.poll(() => page.locator("tr.changed").count()).toBe(3);
    expect(await box.evaluate((element) => element.scrollTop)).toBe(3200);
    expect(await page.evaluate(() => location.hash)).toBe("#/task/t-2?q=task&sort=seq");
    await expect.poll(() => page.locator("tr.changed").count(), { timeout: 15_000 }).toBe(0);
  });
});
