import { lockCases, persistenceCases } from "hive-progress-db/testing";
import { describe, expect } from "vitest";
import { testWith } from "../helpers.ts";
import { call, inFirefox, newPage } from "./kit.ts";

/** The same cases as on Node, in real browsers: see `conformance` in worker.ts for the adapters. */

const PERSISTENCES = 5;
const LOCKS = 2;

/** Each case by its adapter, "" where it passed. */
type Results = Record<string, string>;

function check(results: Results): void {
  expect(Object.entries(results).filter(([, error]) => error !== "")).toEqual([]);
  expect(Object.keys(results)).toHaveLength(PERSISTENCES * persistenceCases.length + LOCKS * lockCases.length);
}

describe("every adapter does what it must", () => {
  testWith("chromium")("in Chromium", async () => {
    check(await call<Results>(await newPage(), "conformance"));
  });

  testWith("firefox")("in Firefox; and two pages write to one database at once", async () => {
    const { results, counts } = await inFirefox<{ results: Results; counts: unknown }>(`
      const pages = [await tab(), await tab()];
      const results = await pages[0]("conformance");
      await Promise.all(pages.map((page) => page("open", "opfs", "two-pages")));
      await Promise.all(pages.map((page, n) => page("enqueue", "page-" + n, 1000, 50)));
      return { results, counts: await pages[0]("sql", "SELECT count(*) AS tasks, count(DISTINCT goal) AS goals, (SELECT * FROM pragma_integrity_check) AS check_ FROM tasks") };
    `);
    check(results);
    expect(counts).toEqual([{ tasks: 2000, goals: 2000, check_: "ok" }]);
  });
});
