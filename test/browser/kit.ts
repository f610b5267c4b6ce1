import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, onTestFinished } from "vitest";
import { toolPath } from "../helpers.ts";
import { CHROMIUM_FLAGS, serve } from "./serve.mjs";

/** A real browser, with a worker that runs what `worker.ts` offers. */

export type Answer = { value?: unknown; error?: { message: string; code?: string; hint?: string } };

declare global {
  interface Window {
    call(name: string, args: unknown[]): Promise<Answer>;
    startWorker(): void;
    onPage(name: string): Promise<unknown>;
    /** What a call that is under way has told last. */
    notes: number;
  }
}

/** Calls a function of `worker.ts` in the page's worker. "<picked>" stands for the files picked last. */
export async function call<T>(page: Page, name: string, ...args: unknown[]): Promise<T> {
  const { value, error } = await page.evaluate(([what, given]) => window.call(what, given), [name, args] as const);
  if (error !== undefined) throw Object.assign(new Error(error.message), error);
  return value as T;
}

let running: Promise<{ context: BrowserContext; origin: string }> | undefined;

/** A page in this test file's browser, with the test page in it; closed when the test ends. */
export async function newPage(): Promise<Page> {
  const page = await newBlankPage();
  await page.goto((await running!).origin);
  return page;
}

export async function newBlankPage(): Promise<Page> {
  running ??= start();
  const page = await (await running).context.newPage();
  onTestFinished(() => page.close());
  return page;
}

/** Ends with the test file. */
const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(): Promise<{ context: BrowserContext; origin: string }> {
  const profile = mkdtempSync(join(tmpdir(), "hive-progress-db-chromium-"));
  stops.push(() => rmSync(profile, { recursive: true, force: true }));
  const { origin, server } = await serve();
  stops.push(() => server.close());
  const context = await chromium.launchPersistentContext(profile, { executablePath: toolPath("chromium"), args: CHROMIUM_FLAGS });
  stops.push(() => context.close());
  return { context, origin };
}

/**
 * Runs a script in a page of Firefox, which nothing drives: the page posts what the
 * script resolves to. `tab()` gives the script another page of the site, in a frame.
 */
export async function inFirefox<T>(script: string, seconds = 50): Promise<T> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), seconds * 1000);
  const profile = mkdtempSync(join(tmpdir(), "hive-progress-db-firefox-"));
  writeFileSync(join(profile, "user.js"), FIREFOX_PREFERENCES);
  let answered: (answer: string) => void = () => {};
  const answer = new Promise<string>((resolve, reject) => {
    answered = resolve;
    ending.signal.addEventListener("abort", () => reject(new Error(`Firefox gave no answer in ${seconds} s`)));
  });
  const { origin, server } = await serve({ script: runner(script), answered });
  const firefox = spawn(toolPath("firefox"), ["--headless", "--no-remote", "--profile", profile, `${origin}/run`], {
    stdio: "ignore", env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  const hasEnded = new Promise((resolve) => firefox.on("close", resolve));
  try {
    const { value, error } = JSON.parse(await answer) as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  } finally {
    clearTimeout(timer);
    firefox.kill("SIGKILL");
    await hasEnded;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** No first-run pages, no checks, no reports. */
const FIREFOX_PREFERENCES = [
  ["datareporting.policy.dataSubmissionEnabled", false], ["browser.shell.checkDefaultBrowser", false], ["app.update.enabled", false],
  ["browser.aboutwelcome.enabled", false], ["extensions.update.enabled", false], ["network.captive-portal-service.enabled", false],
  ["network.connectivity-service.enabled", false], ["browser.safebrowsing.update.enabled", false],
].map(([name, value]) => `user_pref("${String(name)}", ${String(value)});`).join("\n");

/** What `inFirefox` adds to the page. */
const runner = (script: string): string => `<script>
  window.tab = () => new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.src = "/";
    frame.onload = () => resolve(async (name, ...args) => {
      const { value, error } = await frame.contentWindow.call(name, args);
      if (error !== undefined) throw new Error(JSON.stringify(error));
      return value;
    });
    document.body.append(frame);
  });
  (async () => { ${script} })().then((value) => ({ value }), (error) => ({ error: String(error) }))
    .then((answer) => fetch("/answer", { method: "POST", body: JSON.stringify(answer) }));
</script>`;
