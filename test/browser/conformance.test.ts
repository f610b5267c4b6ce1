import { lockCases, persistenceCases } from "hive-progress-db/testing";
import { describe, expect } from "vitest";
import { testWith } from "../helpers.ts";
import { call, newPage } from "./kit.ts";

/** The same cases as on Node, in real browsers. */

describe("chromium", () => {
  testWith("chromium")("conforms", async () => {
    const results = await call<Record<string, string>>(await newPage(), "conformance");
    expect(Object.entries(results).filter(([, error]) => error !== "")).toEqual([]);
    expect(Object.keys(results)).toHaveLength(5 * persistenceCases.length + 2 * lockCases.length);
  });
});
