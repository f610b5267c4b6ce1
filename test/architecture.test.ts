import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./helpers.ts";

/** The source as data: what ARCHITECTURE.md says about imports, checked. */

const source = join(root, "src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(source, name), "utf8") }));

const folderOf = (name: string): string => (name.includes("/") ? name.split("/")[0]! : name.replace(/(\.d)?\.ts$/, ""));

/** Every import of every file: of a file of ours, or of a package. */
const imports = files.flatMap(({ name, text }) =>
  [...text.matchAll(/(?<!")(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, target = ""]) => ({
    from: name,
    to: target.startsWith(".") ? relative(source, resolve(dirname(join(source, name)), target)) : target,
  })));

/** Arrows point from the right to the left: who stands later may import who stands earlier. */
const order = [
  ["types", "errors", "clock", "ids"],
  ["persistence", "lock"],
  ["sqlite"],
  ["ledger"],
  ["handle"],
  ["progress-reader"],
  ["progress-db", "sqlite-db"],
  ["ensure-ledger", "one-call"],
  ["colony", "browser"],
  ["inspect"],
  ["index", "sqlite-entry"],
  ["slim", "cli"],
];
const rank = (folder: string): number => order.findIndex((row) => row.includes(folder));

describe("the arrows of ARCHITECTURE.md", () => {
  test("every file belongs to a folder that has a place", () => {
    const unplaced = files.filter(({ name }) => rank(folderOf(name)) < 0 && folderOf(name) !== "testing");
    expect(unplaced.map(({ name }) => name)).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  test("imports point one way", () => {
    const typesOnly = "types.ts"; // The glossary names the adapters' types; it has no code.
    const wrong = imports.filter(({ from, to }) =>
      to.endsWith(".ts") && from !== typesOnly && folderOf(from) !== "testing" && rank(folderOf(to)) > rank(folderOf(from)));
    expect(wrong).toEqual([]);
  });

  test("an adapter knows its contract, not another adapter's folder or the ledger", () => {
    const strangers = imports.filter(({ from, to }) =>
      (folderOf(from) === "persistence" && /^(lock|sqlite)\//.test(to)) || (folderOf(from) === "lock" && /^(persistence|sqlite)\//.test(to)));
    expect(strangers).toEqual([]);
  });
});

describe("the browser's entry", () => {
  test("has no node: import below it", () => {
    const reached = new Set(["browser.ts"]);
    for (const from of reached) for (const each of imports) if (each.from === from) reached.add(each.to);
    expect([...reached].filter((name) => name.startsWith("node:"))).toEqual([]);
    expect(reached).toContain("sqlite/vfs.ts");
  });

  test("has none as it is built", () => {
    const dist = join(root, "dist");
    const reached = new Set(["browser.js"]);
    for (const from of reached) {
      if (!from.endsWith(".js")) continue;
      for (const [, target = ""] of readFileSync(join(dist, from), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"\n]+)"/g)) {
        reached.add(target.startsWith(".") ? relative(dist, resolve(dirname(join(dist, from)), target)) : target);
      }
    }
    expect([...reached].filter((name) => !name.endsWith(".js"))).toEqual([]);
    expect(reached.size).toBeGreaterThan(3);
  });
});

describe("what only one place may do", () => {
  test("only src/sqlite names sql.js", () => {
    expect(imports.filter(({ from, to }) => to.startsWith("sql.js") && folderOf(from) !== "sqlite")).toEqual([]);
  });

  test("only clock.ts reads time", () => {
    const reads = /Date\.now|performance\.now|new Date\(\)|process\.hrtime/;
    expect(files.filter(({ name, text }) => name !== "clock.ts" && reads.test(text)).map(({ name }) => name)).toEqual([]);
  });

  test("node: is imported by the adapters, the colony folder, the inspector's server and the commands only", () => {
    const others = imports.filter(({ from, to }) => to.startsWith("node:") && !/^(cli|colony|inspect|lock|persistence\/node-file)/.test(from));
    expect(others).toEqual([]);
  });

  test("files stay short", () => {
    const long = files.filter(({ text }) => text.split("\n").length > 310);
    expect(long.map(({ name }) => name)).toEqual([]);
  });
});

describe("package.json", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string; default: string }>;
    dependencies?: Record<string, string>;
    devDependencies: Record<string, string>;
  };

  test("every export names files that the build makes", () => {
    const targets = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)));
    for (const target of targets) expect(() => readFileSync(join(root, target)), target).not.toThrow();
    expect(targets.length).toBeGreaterThan(10);
  });

  test("what the source imports is bundled, with its licence: users install nothing else", () => {
    const licences = readFileSync(join(root, "THIRD_PARTY_LICENSES.md"), "utf8");
    const packages = new Set(imports.map(({ to }) => to).filter((to) => !to.endsWith(".ts") && !to.startsWith("node:"))
      .map((to) => (to.startsWith("sql.js") ? "sql.js" : to.split("/")[0]!)));
    expect([...packages].sort()).toEqual(["jsonc-parser", "sql.js", "uuid", "zod"]);
    expect(manifest.dependencies).toBeUndefined();
    for (const name of packages) expect(licences).toContain(`## ${name} ${manifest.devDependencies[name]}\n`);
  });
});
