import { existsSync, readdirSync } from "node:fs";
import { request, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { openProgressDb } from "hive-progress-db";
import { describe, expect, onTestFinished, test } from "vitest";
import { newBlankPage } from "../browser/kit.ts";
import { newColony, sha256, sidecars } from "../colony-kit.ts";
import { testWith } from "../helpers.ts";
import { colony, inspect, pythonWriting } from "./kit.ts";

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Asks for exactly this path: nothing tidies it up on the way. */
function ask(url: string, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    }).on("error", reject).end();
  });
}

describe("colony inspect", () => {
  test("answers those only who know the token, by its own name, and no other site's page", async () => {
    const { path } = await newColony();
    const { url } = await inspect("--db", path);
    const { pathname, host, port } = new URL(url);
    const status = async (...args: [path: string, headers?: Record<string, string>, method?: string]): Promise<number | undefined> =>
      (await ask(url, ...args)).status;

    expect(await status(pathname)).toBe(200);
    expect(await status(pathname, { host: `localhost:${port}` })).toBe(200);
    expect(await status(pathname, { origin: `http://${host}` })).toBe(200);

    for (const wrong of ["/", "//", `/${"A".repeat(32)}/`, `${pathname.slice(0, -2)}/`, `${pathname.slice(0, -1)}x/`, "/progress.db", "/events"]) {
      expect(await status(wrong), wrong).toBe(404);
    }
    for (const name of ["evil.example", `evil.example:${port}`, `127.0.0.1:${Number(port) + 1}`, "127.0.0.1", `[::1]:${port}`]) {
      expect(await status(pathname, { host: name }), name).toBeGreaterThanOrEqual(400);
    }
    for (const origin of ["http://evil.example", "null", `https://${host}`, `http://localhost:${port}`, "file://"]) {
      expect(await status(`${pathname}progress.db`, { origin, range: "bytes=0-9" }), origin).toBe(403);
    }
    const outside = ["../../../../etc/passwd", "..%2f..%2fetc/passwd", "%2e%2e/", "progress.db/../../x", "progress.db-wal", "progress.db.lock", "index.html", "//etc/passwd", "\\..\\x", "."];
    for (const name of outside) expect(await status(pathname + name), name).toBe(404);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) expect(await status(pathname, {}, method), method).toBe(405);
  });

  test("lets nothing be kept, framed or loaded from elsewhere", async () => {
    const { path } = await newColony();
    const { url } = await inspect("--db", path);
    const { headers, body } = await ask(url, new URL(url).pathname);
    expect(headers).toMatchObject({
      "cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin",
    });
    const policy = headers["content-security-policy"] as string;
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+' 'wasm-unsafe-eval'; worker-src blob:; style-src 'sha256-[^' ]+'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    expect(body.toString()).toContain(`content="${policy.replace("; frame-ancestors 'none'", "")}"`);
  });

  test("gives the database in ranges, of one copy at a time", async () => {
    const { path } = await newColony();
    const { url } = await inspect("--db", path);
    const file = `${new URL(url).pathname}progress.db`;
    const head = await ask(url, file, {}, "HEAD");
    const size = Number(head.headers["content-length"]);
    const range = (text: string, more: Record<string, string> = {}): Promise<Answer> => ask(url, file, { range: text, ...more });

    expect((await range("bytes=0-15")).body.toString()).toBe("SQLite format 3\0");
    expect(await range(`bytes=${size - 4}-${size + 100}`)).toMatchObject({ status: 206, headers: { "content-range": `bytes ${size - 4}-${size - 1}/${size}` } });
    for (const wrong of ["bytes=9-5", `bytes=${size}-${size + 1}`, "bytes=-5", "bytes=0-", "bytes=0-1,3-4", "lines=0-1", "bytes=0-99999999999999999999"]) {
      expect((await range(wrong)).status, wrong).toBe(416);
    }
    expect((await ask(url, file)).status).toBe(416); // Nobody gets all of it by mistake.
    expect((await range("bytes=0-15", { "if-match": head.headers.etag! })).status).toBe(206);
    expect((await range("bytes=0-15", { "if-match": '"99"' })).status).toBe(412);
  });

  test("ends with Ctrl-C, leaves nothing behind, and has not touched the database", async () => {
    const { path } = await newColony();
    const before = sha256(path);
    const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("colony-inspect-"));
    const old = leftovers();
    const { end, url } = await inspect(path); // As an argument, too.
    expect((await ask(url, `${new URL(url).pathname}progress.db`, { range: "bytes=0-9" })).status).toBe(206);
    const { status, stdout, stderr } = await end();
    expect(status).toBe(0);
    expect(stdout).toBe(`${url}\n`);
    expect(stderr).toContain("Ctrl-C");
    expect(leftovers()).toEqual(old);
    expect(sha256(path)).toBe(before);
    expect(sidecars(path)).toEqual([]);
    expect(existsSync(`${path}.lock-owners`)).toBe(false);
  });

  test("is refused when there is no database, or none that can be read", async () => {
    expect((await colony("inspect", "--no-open", "/nowhere/progress.db")).status).toBe(7);
    expect((await colony("inspect", "--no-open", import.meta.filename)).status).toBe(11);
  });

  testWith("chromium")("shows what a running colony does within two seconds, without a reload", async () => {
    const { path } = await newColony();
    const db = await openProgressDb(path);
    onTestFinished(() => db.close());
    await db.seedTasks([{ goal: "the first" }]);
    const { url } = await inspect("--db", path);
    const page = await newBlankPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(`${url}#/tasks`);
    await page.getByText("the first").first().waitFor();
    await page.evaluate(() => (window.notes = 1)); // A reload would take it away.
    const waits: number[] = [];
    const seen = async (text: string): Promise<void> => {
      const began = performance.now();
      await page.getByText(text).and(page.locator(":visible")).first().waitFor({ timeout: 10_000 });
      waits.push(performance.now() - began);
    };
    for (const goal of ["the second", "the third"]) {
      await db.enqueueTask(goal);
      await seen(goal);
    }
    await db.claimTask({ workerId: "somebody" });
    await seen("somebody");
    expect(Math.min(...waits), "milliseconds; the others may have met a busy machine").toBeLessThan(2000);
    expect(await page.evaluate(() => window.notes)).toBe(1);
    expect(complaints).toEqual([]);
  });

  testWith("chromium", "python3")("shows what Python commits in WAL mode, while it goes on", async () => {
    const { path } = await newColony();
    const writer = await pythonWriting(path, "WAL", 0.05);
    const { url } = await inspect("--db", path);
    const page = await newBlankPage();
    await page.goto(`${url}#/overview`);
    const total = async (): Promise<number> => Number(/all\s*(\d+)/.exec(await page.textContent("#app") ?? "")?.[1] ?? 0);
    await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(0);
    const before = await total();
    await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(before);
    expect(writer.exitCode).toBeNull();
  });
});
