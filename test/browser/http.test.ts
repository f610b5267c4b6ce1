import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished } from "vitest";
import { hotJournal, liveWal } from "./databases.ts";
import { call, newPage } from "./kit.ts";
import { tempDir, testWith } from "../helpers.ts";

/** A database behind HTTP, on servers of several kinds. */

const inChromium = testWith("chromium", "python3");

interface Files {
  [path: string]: Buffer;
}

/** A server of another origin that lets the page read; `answer` may do it otherwise. */
async function serve(files: Files, options: { etag?: () => string; answer?: (request: IncomingMessage, response: ServerResponse) => boolean } = {}): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*").setHeader("access-control-allow-headers", "*").setHeader("access-control-expose-headers", "*");
    const bytes = files[request.url!.split("?")[0]!];
    const etag = options.etag?.();
    if (request.method === "OPTIONS") return void response.end();
    if (options.answer?.(request, response) === true) return;
    if (bytes === undefined) return void response.writeHead(404).end();
    if (etag !== undefined) response.setHeader("etag", etag);
    if (request.method === "HEAD") return void response.setHeader("content-length", bytes.length).end();
    if (request.headers["if-match"] !== undefined && request.headers["if-match"] !== etag) return void response.writeHead(412).end();
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    response.writeHead(206).end(bytes.subarray(Number(first), Number(last) + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const filesOf = (path: string, ...suffixes: string[]): Files => Object.fromEntries(suffixes.map((suffix) => [`/progress.db${suffix}`, readFileSync(path + suffix)]));

describe("a database on a web server", () => {
  inChromium("is read with its -wal, or its hot -journal", async () => {
    const wal = await serve(filesOf(liveWal(tempDir()), "", "-wal"));
    expect(await call(await newPage(), "openUrl", `${wal}/progress.db`)).toMatchObject({ wal: { state: "merged", commits: 3 }, progress: { total: 5 } });
    const journal = await serve(filesOf(hotJournal(tempDir()), "", "-journal"));
    expect(await call(await newPage(), "openUrl", `${journal}/progress.db?token=1`)).toMatchObject({ wal: { state: "rollback" }, progress: { total: 40 } });
  });

  inChromium("that becomes another while it is read says so, with a code", async () => {
    let etag = '"1"';
    const origin = await serve(filesOf(liveWal(tempDir()), ""), { etag: () => etag });
    const page = await newPage();
    await call(page, "openUrl", `${origin}/progress.db`);
    etag = '"2"';
    await expect(call(page, "openUrlAgain")).rejects.toMatchObject({ code: "IO", details: { errno: "ESTALE" }, hint: expect.stringContaining("again") });
    expect(await call(page, "openUrl", `${origin}/progress.db`)).toMatchObject({ progress: { total: 2 } });
  });

  inChromium("that is missing, forbidden, or on a server without ranges or without an answer, says so", async () => {
    const page = await newPage();
    const files = filesOf(liveWal(tempDir()), "");
    const fail = (url: string): Promise<unknown> => call(page, "openUrl", url).then(() => "opened", (error: unknown) => error);
    expect(await fail(`${await serve({})}/progress.db`)).toMatchObject({ code: "NOT_FOUND" });
    const forbidding = await serve(files, { answer: (_, response) => (response.writeHead(403).end(), true) });
    expect(await fail(`${forbidding}/progress.db`)).toMatchObject({ code: "READ_ONLY" });
    const whole = await serve(files, { answer: ({ method }, response) => method === "GET" && (response.writeHead(200).end(files["/progress.db"]), true) });
    expect(await fail(`${whole}/progress.db`)).toMatchObject({ code: "IO", message: expect.stringContaining("range") });
    const broken = await serve(files, { answer: (_, response) => (response.writeHead(500).end(), true) });
    expect(await fail(`${broken}/progress.db`)).toMatchObject({ code: "IO", message: expect.stringContaining("500") });
    expect(await fail("http://127.0.0.1:9/progress.db")).toMatchObject({ code: "IO", message: expect.stringContaining("cannot be reached") });
  });

  inChromium("is refused on a page, with the way out", async () => {
    const page = await newPage();
    expect(await page.evaluate(() => window.onPage("http"))).toMatchObject({ code: "IO", hint: expect.stringContaining("worker") });
  });
});
