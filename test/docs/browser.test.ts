import { copyFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { describe, expect, onTestFinished } from "vitest";
import { newBlankPage } from "../browser/kit.ts";
import { liveWal } from "../browser/databases.ts";
import { root, sqlite3, tempDir, testWith } from "../helpers.ts";

/** The examples of docs/browser.md, each run as it stands: in a worker, or on a page. */

const text = readFileSync(join(root, "docs/browser.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language, code = ""]) => ({ language, code }));
const scripts = blocks.filter(({ language }) => language === "js").map(({ code }) => code);
const [html] = blocks.filter(({ language }) => language === "html");
const promised = (code: string): string[] => [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, value = ""]) => value);

/** An example with all it imports. */
async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root }, bundle: true, write: false, format: "esm", platform: "browser", target: "es2023", logLevel: "error",
  });
  return outputFiles[0]!.text;
}

/** Serves an example as `/worker.js`, a page, and a database that can be read in ranges; opens the page. */
async function open(code: string, page: string, database: Buffer = Buffer.alloc(0)): Promise<{ page: Page; said: string[] }> {
  const script = await bundled(code);
  const server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (request.url === "/worker.js") response.setHeader("content-type", "text/javascript").end(script);
    else if (request.url === "/") response.setHeader("content-type", "text/html").end(page);
    else if (request.url !== "/progress.db") response.writeHead(404).end();
    else if (request.method === "HEAD") response.setHeader("content-length", database.length).end();
    else response.writeHead(206).end(database.subarray(Number(first), Number(last) + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const tab = await newBlankPage();
  const said: string[] = [];
  tab.on("console", (message) => {
    if (message.type() === "log") said.push(message.text());
  });
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { page: tab, said };
}

const WORKER = `<script type="module">new Worker("worker.js", { type: "module" })</script>`;
const SCRIPT = `<script type="module" src="worker.js"></script>`;
const waitFor = async (said: string[], code: string): Promise<void> => {
  const expected = promised(code);
  expect(expected.length).toBeGreaterThan(0);
  await expect.poll(() => said, { timeout: 20_000 }).toEqual(expected);
};

describe("docs/browser.md", () => {
  testWith("chromium")("has four examples", () => {
    expect(scripts).toHaveLength(4);
  });

  testWith("chromium")("a database of one's own", async () => {
    const { said } = await open(scripts[0]!, WORKER);
    await waitFor(said, scripts[0]!);
  });

  testWith("chromium", "python3")("a copy of a colony's database", async () => {
    const path = liveWal(tempDir());
    const { page, said } = await open(scripts[1]!, html!.code);
    await page.setInputFiles("#pick", [path, `${path}-wal`]);
    await waitFor(said, scripts[1]!);
  });

  testWith("chromium", "python3", "sqlite3")("a database on a web server", async () => {
    const database = join(tempDir(), "merged.db");
    const path = liveWal(tempDir());
    for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, database + suffix);
    sqlite3(database, "PRAGMA journal_mode = DELETE");
    const { said } = await open(scripts[2]!, WORKER, readFileSync(database));
    await waitFor(said, scripts[2]!);
  });

  testWith("chromium")("on a page", async () => {
    const { said } = await open(scripts[3]!, SCRIPT);
    await waitFor(said, scripts[3]!);
  });
});
