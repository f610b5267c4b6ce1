import { join } from "node:path";
import { test } from "vitest";
import { root } from "../helpers.ts";

export const matrix: string = join(root, "test/matrix");

/** The long rows need a gigabyte of tools: they run in CI and by `npm run matrix`. */
export const isFull: boolean = process.env["CI"] !== undefined || process.env["MATRIX"] === "full";

/** `test` in the full matrix, else a skip that says so. */
export const testFull: typeof test = isFull ? test : skipped();

function skipped(): typeof test {
  process.stderr.write("SKIPPED: long rows of the matrix run in CI and by `npm run matrix`\n");
  return test.skip as unknown as typeof test;
}

/** A tool of test/matrix/package.json. */
export const tool = (path: string): string => join(matrix, "node_modules", path);
