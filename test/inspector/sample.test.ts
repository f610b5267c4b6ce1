import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect } from "vitest";
import { root, sqlite3, tempDir, testWith } from "../helpers.ts";

/** The sample colony is what its script makes: a run of the demo's work, caught in the middle. */

function counts(packed: string): { status: string; tasks: number }[] {
  const path = join(tempDir(), "sample.db");
  writeFileSync(path, gunzipSync(readFileSync(packed)));
  expect(sqlite3(path, "PRAGMA integrity_check; PRAGMA journal_mode")).toBe("ok\ndelete");
  return JSON.parse(sqlite3(path, "-json", "SELECT status, count(*) AS tasks FROM tasks GROUP BY status")) as { status: string; tasks: number }[];
}

describe("the sample colony", () => {
  testWith("sqlite3")("can be made again, with something of everything, and is small", () => {
    const again = join(tempDir(), "again.db.gz");
    execFileSync(process.execPath, [join(root, "examples/inspector/sample.mjs"), again], { encoding: "utf8" });
    const committed = join(root, "examples/inspector/sample.db.gz");
    for (const made of [counts(again), counts(committed)]) {
      expect(made.map(({ status }) => status)).toEqual(["done", "failed", "in_progress", "pending"]);
    }
    // In the page it is base64: a third more.
    expect(readFileSync(committed).length * (4 / 3)).toBeLessThan(200_000);
  });
});
