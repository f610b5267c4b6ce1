import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll } from "vitest";
import { CHROMIUM_FLAGS } from "../browser/serve.mjs";
import { toolPath } from "../helpers.ts";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
/** All that a page needs to be allowed: its own scripts, and to compile WebAssembly. */
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

let browser: Promise<Browser> | undefined;
afterAll(async () => (await browser)?.close());

/** Serves a folder to real Chromium and opens its `index.html`; returns what the page's `worked` resolves to. */
export async function openInChromium(folder: string): Promise<unknown> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const path = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    readFile(path).then(
      (bytes) => response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain", "content-security-policy": CSP }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser ??= chromium.launch({ executablePath: toolPath("chromium"), args: CHROMIUM_FLAGS });
  const page = await (await browser).newPage();
  try {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("response", (response) => response.status() === 404 && complaints.push(`404: ${response.url()}`));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => "worked" in globalThis, undefined, { timeout: 10_000 }).catch(() => complaints.push("the script did not run"));
    const worked = await page.evaluate(() => (globalThis as { worked?: Promise<unknown> }).worked);
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
    return worked;
  } finally {
    await page.close();
    server.close();
  }
}
