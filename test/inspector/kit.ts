import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, expect, onTestFinished, type test } from "vitest";
import { root, testWith, toolPath } from "../helpers.ts";

/** The built page in a real Chromium, from `file://` unless told otherwise. */

export const HTML: string = join(root, "dist/inspector.html");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const inChromium: typeof test = testWith("chromium");
export const withNatives: typeof test = testWith("chromium", "python3", "sqlite3");

let browser: Promise<Browser> | undefined;
afterAll(async () => {
  await (await browser)?.close();
});

export interface Options {
  width?: number;
  height?: number;
  colorScheme?: "light" | "dark";
  /** After the page's own address. */
  hash?: string;
  url?: string;
  /** What the test expects to go wrong. */
  mayFail?: RegExp;
}

/** The page, fresh. Whatever it complains about, CSP included, fails the test at its end. */
export async function openPage({ width = 1280, height = 860, colorScheme = "light", hash = "", url, mayFail }: Options = {}): Promise<Page> {
  browser ??= chromium.launch({ executablePath: toolPath("chromium"), args: FLAGS });
  const page = await (await browser).newPage({ viewport: { width, height }, colorScheme });
  // The driver can only answer the classic dialog; links.test.ts has the one that gives handles.
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "showOpenFilePicker");
  });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  onTestFinished(async () => {
    await page.close();
    expect(complaints.filter((text) => mayFail?.test(text) !== true)).toEqual([]);
    // Itself, its icon and its worker: nothing else is ever asked for.
    expect(requests.filter((each) => !/^(?:data|blob):/.test(each) && each.split("#")[0] !== address)).toEqual([]);
  });
  const address = url ?? pathToFileURL(HTML).href;
  await page.goto(address + hash);
  return page;
}

/** Picks files with the page's own button. */
export async function pick(page: Page, ...paths: string[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Pick files" }).click()]);
  await chooser.setFiles(paths);
}

/** The page with the sample colony open, at a route. */
export async function openSample(options: Options = {}): Promise<Page> {
  const page = await openPage(options);
  await page.getByRole("button", { name: "Sample colony" }).click();
  await page.locator("#menu").waitFor({ state: "attached" });
  return page;
}

/** Goes to a route and waits until nothing is being read. */
export async function visit(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("main [aria-busy=true], main[aria-busy=true]") === null);
  await page.waitForFunction(() => [...document.querySelectorAll("main tbody td:first-child")].slice(0, 5).every((cell) => cell.textContent !== "…"));
}

/** The built page on a static host of this machine, which knows nothing else. */
export async function serve(path: string = HTML): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/inspector.html" ? 200 : 404, { "content-type": "text/html" });
    response.end(request.url === "/inspector.html" ? readFileSync(path) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/inspector.html`;
}

/** Where screenshots go: kept by CI, ignored by git. */
export function artefact(name: string): string {
  const folder = join(root, "test/inspector/screenshots");
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** V8 counts an engine's memory nowhere: from the first look on, whoever makes one leaves it to be measured. */
const ENGINE_BYTES = `(() => {
  const { instantiate } = WebAssembly;
  globalThis.watch ??= WebAssembly.instantiate = async (...all) => {
    const made = await instantiate(...all);
    globalThis.engine = Object.values(made.exports).find((each) => each instanceof WebAssembly.Memory);
    return made;
  };
  return globalThis.engine?.buffer.byteLength ?? 0;
})()`;

/** Megabytes that the page's worker holds, garbage collected: objects and buffers, and the engine's memory if this was asked before it began. */
export async function workerMegabytes(): Promise<number> {
  const session = await (await browser)!.newBrowserCDPSession();
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "worker" }] });
  const { sessionId } = await session.send("Target.attachToTarget", { targetId: targetInfos.at(-1)!.targetId, flatten: false });
  const ask = async <T>(id: number, method: string, params = {}): Promise<T> => {
    const answer = new Promise<T>((resolve) => session.on("Target.receivedMessageFromTarget", ({ message }) => {
      const found = JSON.parse(message) as { id?: number; result: T };
      if (found.id === id) resolve(found.result);
    }));
    await session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) });
    return answer;
  };
  await ask(1, "HeapProfiler.collectGarbage");
  const { usedSize = NaN, backingStorageSize = NaN, embedderHeapUsedSize = NaN } = await ask<Record<string, number>>(2, "Runtime.getHeapUsage");
  const engine = await ask<{ result: { value: number } }>(3, "Runtime.evaluate", { expression: ENGINE_BYTES, returnByValue: true });
  await session.detach();
  return (usedSize + backingStorageSize + embedderHeapUsedSize + engine.result.value) / 1e6;
}

/** All views, by the route that shows them with the sample colony. */
export const ROUTES: Readonly<Record<string, string>> = {
  overview: "#/overview",
  tasks: "#/tasks",
  task: "#/task/group-@preact",
  failures: "#/failures",
  workers: "#/workers",
  tree: "#/tree/group-@preact",
  health: "#/health",
  sql: `#/sql?q=${encodeURIComponent("SELECT id, goal, status, priority, NULL AS none, '' AS empty, 9007199254740993 AS big, x'00ff' AS bytes FROM tasks")}`,
  tables: "#/tables/steps",
};
