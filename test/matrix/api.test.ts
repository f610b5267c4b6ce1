import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { root, tempDir } from "../helpers.ts";
import { matrix, testFull } from "./full.ts";
import { run } from "./rows.ts";

const pagesOf = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md")).sort();

testFull("docs/api is what the docstrings say: else run npm run docs", async () => {
  const made = join(tempDir(), "api");
  await run(root, process.execPath, [join(matrix, "api-reference.mjs"), made]);
  const kept = join(root, "docs/api");
  expect(pagesOf(kept)).toEqual(pagesOf(made));
  for (const page of pagesOf(made)) expect(readFileSync(join(kept, page), "utf8") === readFileSync(join(made, page), "utf8"), page).toBe(true);
});
