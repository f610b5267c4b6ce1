import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openProgressDb } from "hive-progress-db";
import { describe, expect, onTestFinished } from "vitest";
import { hotJournal, liveWal } from "../browser/databases.ts";
import { newBlankPage } from "../browser/kit.ts";
import { newColony, sha256 } from "../colony-kit.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { cases } from "../proof.ts";
import { colony, databaseIn, pythonWriting } from "./kit.ts";

const testWithNatives = testWith("sqlite3", "python3");

/** The database inside a report, written out for the shell to look at. */
async function reported(dbPath: string): Promise<string> {
  const out = join(tempDir(), "report.html");
  const { status, stderr } = await colony("report", out, "--db", dbPath);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const copy = join(dirname(out), "copy.db");
  writeFileSync(copy, databaseIn(out));
  expect(sqlite3(copy, "PRAGMA integrity_check; PRAGMA journal_mode")).toBe("ok\ndelete");
  return copy;
}

describe("the copy in a report is of one moment", () => {
  for (const mode of ["WAL", "DELETE"] as const) {
    testWithNatives(`while Python commits to it in ${mode} mode`, async () => {
      const { path } = await newColony();
      const writer = await pythonWriting(path, mode, 0.005);
      let last = 0;
      for (let round = 0; round < cases(2, 6); round++) {
        const copy = await reported(path);
        const [whole, halves] = sqlite3(copy, "SELECT count(*), count(*) % 2 FROM tasks").split("|").map(Number);
        expect(halves, "half of a transaction").toBe(0);
        expect(whole).toBeGreaterThan(last);
        last = whole!;
      }
      expect(writer.exitCode, "Python was not disturbed").toBeNull();
    });
  }

  testWithNatives("while processes of ours work on it", async () => {
    const { path } = await newColony();
    const db = await openProgressDb(path);
    onTestFinished(() => db.close());
    let isOver = false;
    const working = (async () => {
      for (let n = 0; !isOver; n++) await db.seedTasks([{ goal: `a ${n}` }, { goal: `b ${n}` }]);
    })();
    for (let round = 0; round < cases(2, 6); round++) expect(sqlite3(await reported(path), "SELECT count(*) % 2 FROM tasks")).toBe("0");
    isOver = true;
    await working;
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  testWithNatives("also when a writer was killed: its transaction is rolled back in the copy, and the files stay as they are", async () => {
    const path = hotJournal(tempDir());
    const before = [path, `${path}-journal`].map(sha256);
    expect(sqlite3(await reported(path), "SELECT count(*), sum(goal LIKE 'torn%') FROM tasks")).toBe("40|0");
    expect([path, `${path}-journal`].map(sha256)).toEqual(before);
  });

  testWithNatives("and has what is in the -wal, which stays as it is", async () => {
    const path = liveWal(tempDir());
    const before = [path, `${path}-wal`].map(sha256);
    expect(sqlite3(await reported(path), "SELECT count(*) FROM tasks")).toBe("5");
    expect([path, `${path}-wal`].map(sha256)).toEqual(before);
  });
});

describe("the file of a report", () => {
  testWithNatives("replaces an earlier one, but nothing else", async () => {
    const { path } = await newColony();
    const out = join(tempDir(), "report.html");
    for (let round = 0; round < 2; round++) expect((await colony("report", out, "--db", path)).status).toBe(0);
    const before = sha256(path);
    const refusal = await colony("report", path, "--db", path);
    expect(refusal.status).toBe(2);
    expect(refusal.stderr).toContain("no HTML page");
    expect(sha256(path)).toBe(before);
  });

  testWithNatives("is not there when it could not be made, and nothing else is left", async () => {
    const folder = tempDir();
    const bad = join(folder, "text.db");
    writeFileSync(bad, "this is no database ".repeat(100));
    expect((await colony("report", join(folder, "out.html"), "--db", bad)).status).toBe(11);
    expect((await colony("report", join(folder, "out.html"), "--db", join(folder, "missing.db"))).status).toBe(7);
    expect(readdirSync(folder)).toEqual(["text.db"]);
  });

  testWith("chromium")("opens from the disk, without a server, and shows the colony", async () => {
    const { path } = await newColony();
    const db = await openProgressDb(path);
    await db.seedTasks([{ goal: "Write the </script> letter" }, { goal: "File it" }]);
    await db.close();
    const out = join(tempDir(), "report.html");
    expect((await colony("report", out, "--db", path)).status).toBe(0);
    const page = await newBlankPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("request", (request) => {
      if (!/^(file|blob|data):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(`file://${out}#/tasks`);
    await page.getByText("Write the </script> letter").first().waitFor();
    expect(complaints).toEqual([]);
  });
});

