import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { root } from "../helpers.ts";
import { consumer } from "./rows.ts";

/** What each entry weighs in a user's bundle, against the table of docs/bundle.md, and what it does not pull in. */

const budgets = new Map(
  [...readFileSync(join(root, "docs/bundle.md"), "utf8").matchAll(/^\| `([\w/-]+)`(?:: (.*))? \| ([\d.]+) \|$/gm)]
    .map(([row, entry = "", later, kB]) => [row, { entry, later, bytes: Number(kB) * 1000 }]),
);
/** A text that only this part holds, minified or not. */
const MARKS: Record<string, string> = {
  "persistence/memory": '"memory",resolve',
  "persistence/node-file": '"nodeFile"',
  "persistence/overlay": "overlay(${",
  "persistence/blob": "FileReaderSync",
  "lock/memory": '"memory",excludes',
  "lock/dotfile": '"dotfile"',
  "the ledger": "CREATE TABLE",
  "the engine": "sqlite3_",
};
/** Texts of the chunks that may be loaded later. */
const LATER: Record<string, string> = {
  "sql.js's JavaScript, with the first open": "instantiateWasm",
  "sql.js's wasm as base64, with the first open": "AGFzbQE",
  "what rewrites worker configs, when there are any": "system_prompt",
};

interface Chunk {
  /** The output file's name. */
  readonly name: string;
  readonly gzipped: number;
  readonly text: string;
}

/** What is loaded with the import itself, and what may be loaded later. */
async function bundleOf(source: string): Promise<{ first: Chunk[]; later: Chunk[] }> {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: source, resolveDir: consumer() },
    bundle: true, minify: true, splitting: true, format: "esm", platform: "neutral", external: ["node:*"],
    write: false, outdir: "/out", absWorkingDir: "/", metafile: true, logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  const chunks = new Map(outputFiles.map(({ path, contents, text }) =>
    [path.slice(1), { name: path, gzipped: gzipSync(contents, { level: 9 }).length, text }]));
  const first = new Set<string>();
  const load = (path: string): void => {
    if (first.has(path) || !chunks.has(path)) return;
    first.add(path);
    for (const each of metafile.outputs[path]!.imports) if (each.kind === "import-statement") load(each.path);
  };
  load("out/stdin.js");
  return {
    first: [...first].map((path) => chunks.get(path)!),
    later: [...chunks].filter(([path]) => !first.has(path)).map(([, chunk]) => chunk),
  };
}

const total = (chunks: readonly Chunk[]): number => chunks.reduce((sum, { gzipped }) => sum + gzipped, 0);

describe("what an entry weighs", () => {
  test("each has a budget in docs/bundle.md", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, unknown> };
    const entries = Object.keys(exports).filter((name) => !/\.(json|wasm)$/.test(name)).map((name) => name.replace(".", "hive-progress-db"));
    const withBudget = new Set([...budgets.values()].map(({ entry }) => entry));
    expect([...withBudget].sort()).toEqual(entries.sort());
  });

  for (const { entry, later: what, bytes } of budgets.values()) {
    test(`${entry}${what === undefined ? "" : `, ${what}`}: at most ${bytes / 1000} kB`, async () => {
      const { first, later } = await bundleOf(`export * from "${entry}"`);
      const chunks = what === undefined ? first : later.filter(({ text }) => text.includes(LATER[what]!));
      expect(chunks.length).toBeGreaterThan(0);
      expect(total(chunks)).toBeLessThanOrEqual(bytes);
      expect(total(chunks), "a budget far above the size guards nothing").toBeGreaterThan(bytes * 0.6);
    });
  }
});

describe("what an import leaves out", () => {
  const adapters = Object.keys(MARKS).filter((name) => name.includes("/"));

  /** The adapters that are made of another. */
  const MADE_OF: Record<string, string> = { "persistence/blob": "persistence/overlay" };

  test.each(adapters)("%s pulls in no other adapter, no engine, no ledger", async (adapter) => {
    const { first, later } = await bundleOf(`export * from "hive-progress-db/${adapter}"`);
    const text = [...first, ...later].map((chunk) => chunk.text).join("\n");
    expect(Object.keys(MARKS).filter((name) => text.includes(MARKS[name]!))).toEqual([MADE_OF[adapter], adapter].filter((name) => name !== undefined));
  });

  test("errors alone cost next to nothing", async () => {
    const { first } = await bundleOf('export { isProgressDbError } from "hive-progress-db"');
    expect(total(first)).toBeLessThan(500);
  });

  test("the slim entry holds no wasm", async () => {
    const { first, later } = await bundleOf('export * from "hive-progress-db/slim"');
    expect([...first, ...later].filter(({ text }) => text.includes(LATER["sql.js's wasm as base64, with the first open"]!))).toEqual([]);
  });
});
