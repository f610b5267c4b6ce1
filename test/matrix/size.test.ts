import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { describe, expect, inject, test } from "vitest";
import { root } from "../helpers.ts";

/** What each entry weighs in a user's bundle, against the table of docs/bundle.md, and what it does not pull in. */

const budgets = new Map(
  [...readFileSync(join(root, "docs/bundle.md"), "utf8").matchAll(/^\| `([\w/-]+)`(?:: (.*))? \| ([\d.]+) \|$/gm)]
    .map(([row, entry = "", later, kB]) => [row, { entry, later, bytes: Number(kB) * 1000 }]),
);
/** A text that only this part holds, minified or not. */
const MARKS: Record<string, string> = {
  "persistence/memory": '"memory",isPrivate',
  "persistence/node-file": '"nodeFile"',
  "persistence/overlay": "overlay(${",
  "persistence/blob": "FileReaderSync",
  "persistence/http": "XMLHttpRequest",
  "persistence/indexed-db": "indexedDB",
  "persistence/opfs": '"opfs"',
  "persistence/snapshot": '"snapshot"',
  "lock/web-locks": '"webLocks"',
  "lock/memory": '"memory",excludes',
  "lock/dotfile": '"dotfile"',
  "lock/native": '"native"',
  "the ledger": "CREATE TABLE",
  "the engine": "sqlite3_",
};
/** Texts of the chunks that may be loaded later. */
const LATER: Record<string, string> = {
  "sql.js's JavaScript, with the first open": "sqlite3_create_function_v2",
  "sql.js's wasm as base64, with the first open": "AGFzbQE",
  "what rewrites worker configs, when there are any": "system_prompt",
};

/** A bundle: what is loaded with the import itself, in one file. What is loaded later stays outside, or is `all` that is asked for. */
async function bundleOf(source: string, { all = false } = {}): Promise<string[]> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: source, resolveDir: inject("packed").consumer },
    bundle: true, minify: true, splitting: all, format: "esm", platform: "neutral", external: ["node:*"],
    write: false, outdir: "/out", logLevel: "silent", plugins: all ? [] : [withoutLater],
  });
  expect(warnings).toEqual([]);
  return outputFiles.map(({ text }) => text);
}

const withoutLater: Plugin = {
  name: "without-later",
  setup(plugin) {
    plugin.onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

const gzipped = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);

describe("what an entry weighs", () => {
  test("each has a budget in docs/bundle.md", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, unknown> };
    const entries = Object.keys(exports).filter((name) => !/\.(json|wasm)$/.test(name)).map((name) => name.replace(".", "hive-progress-db"));
    const withBudget = new Set([...budgets.values()].map(({ entry }) => entry));
    expect([...withBudget].sort()).toEqual(entries.sort());
  });

  for (const { entry, later: what, bytes } of budgets.values()) {
    test(`${entry}${what === undefined ? "" : `, ${what}`}: at most ${bytes / 1000} kB`, async () => {
      const size = gzipped(what === undefined
        ? await bundleOf(`export * from "${entry}"`)
        : (await bundleOf(`export * from "${entry}"`, { all: true })).filter((text) => text.includes(LATER[what]!)));
      expect(size).toBeLessThanOrEqual(bytes);
      expect(size, "a budget far above the size guards nothing").toBeGreaterThan(bytes * 0.6);
    });
  }
});

describe("what an import leaves out", () => {
  const adapters = Object.keys(MARKS).filter((name) => name.includes("/"));

  /** The adapters that are made of another. */
  const MADE_OF: Record<string, string> = { "persistence/blob": "persistence/overlay", "persistence/http": "persistence/overlay", "persistence/snapshot": "persistence/memory" };

  test.each(adapters)("%s pulls in no other adapter, no engine, no ledger", async (adapter) => {
    const text = (await bundleOf(`export * from "hive-progress-db/${adapter}"`, { all: true })).join("\n");
    const wanted = [MADE_OF[adapter], adapter].filter((name) => name !== undefined);
    expect(Object.keys(MARKS).filter((name) => text.includes(MARKS[name]!)).sort()).toEqual(wanted.sort());
  });

  test("errors alone cost next to nothing", async () => {
    expect(gzipped(await bundleOf('export { isProgressDbError } from "hive-progress-db"'))).toBeLessThan(500);
  });

  test("the slim entries hold no wasm", async () => {
    for (const entry of ["slim", "browser/slim"]) {
      const texts = await bundleOf(`export * from "hive-progress-db/${entry}"`, { all: true });
      expect(texts.length).toBeGreaterThan(1);
      expect(texts.filter((text) => text.includes(LATER["sql.js's wasm as base64, with the first open"]!))).toEqual([]);
    }
  });
});
