import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { newColony, WITH_SEED } from "../colony-kit.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";
import { cases } from "../proof.ts";
import { inspect } from "./kit.ts";

/** A file so large that it changes while it is copied, unless that is seen. */

/** Copies to look at, of each kind. */
const COPIES: number = cases(3, 20);
const PART = 8 << 20;

/**
 * Python fills the colony with 40 MB of tasks whose retries add up to 0, then moves one retry
 * from any task to any other, again and again: half a transaction shows in the sum.
 */
function pythonMoving(path: string, mode: "WAL" | "DELETE", pause: number): Promise<ChildProcess> {
  const child = spawn("python3", ["-c", `${WITH_SEED}
import random, time
con = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
con.execute("PRAGMA journal_mode = ${mode}")
con.execute("PRAGMA synchronous = OFF")
con.execute("PRAGMA wal_autocheckpoint = 40")
con.execute("BEGIN")
con.executemany("INSERT INTO tasks (id, goal, created_at, updated_at) VALUES (?, ?, 'now', 'now')", ((str(n), "x" * 4500) for n in range(8000)))
con.execute("COMMIT")
con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
print("ready", flush=True)
while True:
    con.execute("BEGIN IMMEDIATE")
    con.execute("UPDATE tasks SET retry_count = retry_count - 1 WHERE id = ?", (str(random.randrange(8000)),))
    con.execute("UPDATE tasks SET retry_count = retry_count + 1 WHERE id = ?", (str(random.randrange(8000)),))
    con.execute("COMMIT")
    time.sleep(${pause})`, path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return new Promise((resolve) => child.stdout.once("data", () => resolve(child)));
}

function ask(url: string, method: string, headers: Record<string, string> = {}): Promise<IncomingMessage & { body: Promise<Buffer> }> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      const body = new Promise<Buffer>((done) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => done(Buffer.concat(parts)));
      });
      resolve(Object.assign(response, { body }));
    }).on("error", reject).end();
  });
}

/** The copy served now, as a file; `undefined` when it was replaced while we read it. */
async function download(url: string, path: string): Promise<string | undefined> {
  const { headers } = await ask(url, "HEAD");
  const [size, etag] = [Number(headers["content-length"]), headers.etag!];
  writeFileSync(path, "");
  for (let at = 0; at < size; at += PART) {
    const part = await ask(url, "GET", { range: `bytes=${at}-${Math.min(size, at + PART) - 1}`, "if-match": etag });
    if (part.statusCode !== 206) return undefined;
    appendFileSync(path, await part.body);
  }
  return etag;
}

describe("each copy that colony inspect serves is of one moment", () => {
  for (const [mode, pause] of [["DELETE", 0.15], ["WAL", 0.012]] as const) {
    testWith("python3", "sqlite3")(`while Python moves retries about in ${mode} mode`, async () => {
      const { path } = await newColony();
      const writer = await pythonMoving(path, mode, pause);
      const { url, end } = await inspect("--db", path);
      const events = await ask(`${url}events`, "GET"); // Copies are taken while somebody watches.
      onTestFinished(() => void events.destroy());
      const copy = join(tempDir(), "copy.db");
      const seen = new Set<string>();
      const isOver = performance.now() + cases(20_000, 50_000);
      while (seen.size < COPIES && performance.now() < isOver) {
        const version = await download(`${url}progress.db`, copy);
        if (version === undefined || seen.has(version)) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          continue;
        }
        seen.add(version);
        expect(sqlite3(copy, "PRAGMA quick_check; SELECT count(*), sum(retry_count) FROM tasks"), `copy ${version}`).toBe("ok\n8000|0");
        rmSync(copy);
      }
      expect(seen.size, "copies").toBeGreaterThan(1);
      expect(writer.exitCode, "Python was not disturbed").toBeNull();
      events.destroy();
      await end();
    });
  }
});
