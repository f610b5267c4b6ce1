import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parseFilter, quoted, withField } from "../../examples/inspector/src/shared/filter.ts";
import { ago, duration, parseTime, utc } from "../../examples/inspector/src/shared/time.ts";
import { percent, size } from "../../examples/inspector/src/shared/words.ts";
import { ROW_HEIGHT, scrollFor, TALLEST, windowOf } from "../../examples/inspector/src/ui/windowing.ts";
import { root } from "../helpers.ts";

/** What needs no browser: times, words, the filter language, the arithmetic of rows. */

describe("times", () => {
  test("both formats are the same instant, in UTC, wherever one is", () => {
    const instant = Date.UTC(2026, 4, 1, 9, 0, 0);
    for (const text of ["2026-05-01T09:00:00+00:00", "2026-05-01 09:00:00", "2026-05-01T09:00:00Z", "2026-05-01T11:00:00+02:00", "2026-05-01 11:00:00+0200", "2026-05-01 09:00"]) {
      expect(parseTime(text), text).toBe(instant);
    }
    expect(utc(instant)).toBe("2026-05-01 09:00:00 UTC");
    for (const text of ["", "soon", "2026-13-01", "12:00", null, 5]) expect(parseTime(text)).toBeUndefined();
    const script = "import { parseTime } from './examples/inspector/src/shared/time.ts'; console.log(parseTime('2026-05-01 09:00:00'))";
    const elsewhere = execFileSync("node_modules/.bin/bun", ["-e", script], { cwd: root, env: { ...process.env, TZ: "America/New_York" }, encoding: "utf8" });
    expect(Number(elsewhere)).toBe(instant);
  });

  test("spans are told in their two largest units, ages in one", () => {
    expect([0, 500, 41_000, 125_000, 7_500_000, 90_000_000].map(duration)).toEqual(["0 s", "500 ms", "41 s", "2 min 5 s", "2 h 5 min", "1 d 1 h"]);
    expect([ago(0, 500), ago(0, 65_000), ago(0, -7_200_000)]).toEqual(["just now", "1 min ago", "in 2 h"]);
  });
});

describe("words", () => {
  test("what is not finished is never said to be", () => {
    expect([percent(0, 0), percent(1, 3), percent(9999, 10_000), percent(10_000, 10_000)]).toEqual(["0 %", "33 %", "99.9 %", "100 %"]);
    expect([size(999), size(25_600), size(258_000_000)]).toEqual(["999 bytes", "25.6 kB", "258 MB"]);
  });
});

describe("the filter language", () => {
  test("fields, comparisons, lists, negation and quoted texts", () => {
    expect(parseFilter("status:failed,done -worker:w-3 priority:>=5 payload.url:x \"two words\" plain")).toEqual([
      { field: "status", operator: ":", values: ["failed", "done"], isNegated: false },
      { field: "worker", operator: ":", values: ["w-3"], isNegated: true },
      { field: "priority", operator: ">=", values: ["5"], isNegated: false },
      { field: "payload.url", operator: ":", values: ["x"], isNegated: false },
      { field: "text", operator: ":", values: ["two words"], isNegated: false },
      { field: "text", operator: ":", values: ["plain"], isNegated: false },
    ]);
    expect(parseFilter("  ")).toEqual([]);
    expect(parseFilter("worker:\"a b, \\\"c\\\"\"")).toEqual([{ field: "worker", operator: ":", values: ["a b, \"c\""], isNegated: false }]);
    expect(parseFilter("http://x/y")).toEqual([{ field: "http", operator: ":", values: ["//x/y"], isNegated: false }]);
    for (const odd of ["\"open", ":", "a:", "-", "\\", "status:"]) expect(() => parseFilter(odd), odd).not.toThrow();
  });

  test("what is quoted is read back as it was, and one field is replaced and the rest kept", () => {
    for (const value of ["w-3", "a b", "say \"hi\"", "a\\b", "x,y"]) expect(parseFilter(`worker:${quoted(value)}`)[0]?.values).toEqual([value]);
    expect(withField("status:done \"two words\" worker:x", "status", "failed")).toBe("\"two words\" worker:x status:failed");
    expect(withField("status:done x", "status", undefined)).toBe("x");
  });
});

describe("rows in sight", () => {
  test("every row of a table can be reached, also where the browser's tallest element is too small for it", () => {
    for (const count of [1, 40, 100_000, 5_000_000]) {
      const full = Math.min(count * ROW_HEIGHT, TALLEST);
      for (const top of [0, full / 2, Math.max(0, full - 600)]) {
        const { from, to, above, below } = windowOf(count, top, 600);
        expect(to - from).toBeLessThan(60);
        expect(above + below + (to - from) * ROW_HEIGHT).toBeGreaterThanOrEqual(full - ROW_HEIGHT);
      }
      expect(windowOf(count, 0, 600).from).toBe(0);
      expect(windowOf(count, Math.max(0, full - 600), 600).to).toBe(count);
    }
  });

  test("a row is scrolled to only if it is out of sight, and then is in it", () => {
    for (const count of [1000, 5_000_000]) {
      expect(scrollFor(3, count, 0, 600, 33)).toBeUndefined();
      const top = scrollFor(count - 1, count, 0, 600, 33)!;
      const { from, to } = windowOf(count, top, 600);
      expect(from).toBeLessThan(count);
      expect(to).toBe(count);
    }
  });
});
