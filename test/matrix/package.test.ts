import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { root } from "../helpers.ts";
import { testFull, tool } from "./full.ts";
import { run } from "./rows.ts";

/** The packed tarball itself. */

const installed = (): string => join(inject("packed").consumer, "node_modules/hive-progress-db");
const files = (): string[] => readdirSync(installed(), { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(installed(), name)).isFile());
const read = (name: string): string => readFileSync(join(installed(), name), "utf8");

describe("the package", () => {
  testFull("has nothing that publint would mend", async () => {
    expect(await run(root, process.execPath, [tool("publint/src/cli.js"), "--strict", inject("packed").tarball])).toContain("All good!");
  });

  testFull("has types that resolve, by every way an ES module is imported", async () => {
    const attw = [tool("@arethetypeswrong/cli/dist/index.js"), "--profile", "esm-only", "--format", "json"];
    // The wasm file has no types: what an import of it gives is the bundler's own affair.
    const printed = await run(root, process.execPath, [...attw, "--exclude-entrypoints", "sql-wasm.wasm", "callbacks.wasm", "--", inject("packed").tarball]);
    const { analysis } = JSON.parse(printed) as { analysis: { entrypoints: Record<string, unknown> } };
    expect(Object.keys(analysis.entrypoints)).toContain("./persistence/memory");
  });

  test("holds dist and the companions, and nothing else", () => {
    const companions = files().filter((name) => !name.startsWith("dist/"));
    expect(companions.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "THIRD_PARTY_LICENSES.md", "package.json"]);
    expect(files().filter((name) => !/\.(c?js|js\.map|d\.ts|wasm|html)$/.test(name) && name.startsWith("dist/"))).toEqual([]);
  });

  test("is no larger than docs/bundle.md says", () => {
    const [, packed, unpacked] = /tarball is under ([\d.]+) MB, and under ([\d.]+) MB unpacked/.exec(readFileSync(join(root, "docs/bundle.md"), "utf8"))!;
    const sum = files().reduce((bytes, name) => bytes + statSync(join(installed(), name)).size, 0);
    for (const [size, most] of [[statSync(inject("packed").tarball).size, packed], [sum, unpacked]] as const) {
      expect(size / 1e6).toBeLessThan(Number(most));
      expect(size / 1e6).toBeGreaterThan(Number(most) * 0.7);
    }
  });

  test("names no path of the machine that built it", () => {
    const maps = files().filter((name) => name.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(5);
    for (const name of maps) {
      const { sources } = JSON.parse(read(name)) as { sources: string[] };
      expect(sources.filter((source) => !source.startsWith("../")), name).toEqual([]);
    }
    for (const name of files()) expect(read(name).includes(root), name).toBe(false);
  });

  test("maps back to the source, word for word", () => {
    const contents = files().filter((name) => name.endsWith(".map")).flatMap((name) => {
      const { sources, sourcesContent } = JSON.parse(read(name)) as { sources: string[]; sourcesContent: string[] };
      return sources.map((source, index) => [source.replace(/^(\.\.\/)+/, ""), sourcesContent[index]] as const);
    });
    const ours = new Map(contents.filter(([source]) => source.startsWith("src/")));
    expect(ours.size).toBeGreaterThan(30);
    for (const [source, text] of ours) expect(readFileSync(join(root, source), "utf8") === text, source).toBe(true);
  });

  test("carries the licence of everything that is bundled", () => {
    const bundled = files().filter((name) => name.endsWith(".map")).flatMap((name) => (JSON.parse(read(name)) as { sources: string[] }).sources)
      .map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]).filter((name) => name !== undefined);
    bundled.push("preact", "@preact/signals", "@preact/signals-core"); // In inspector.html, which has no source map.
    const licences = read("THIRD_PARTY_LICENSES.md");
    expect(new Set(bundled).size).toBeGreaterThan(3);
    for (const name of new Set(bundled)) {
      const { version } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as { version: string };
      expect(licences).toContain(`## ${name} ${version}\n`);
    }
  });

  test("has the wasm of the pinned sql.js, as a file and inside", () => {
    const wasm = readFileSync(join(installed(), "dist/sql-wasm.wasm"));
    expect(wasm.equals(readFileSync(join(root, "node_modules/sql.js/dist/sql-wasm.wasm")))).toBe(true);
    expect(files().filter((name) => name.endsWith(".js") && read(name).includes(wasm.toString("base64")))).toHaveLength(1);
  });

  test("runs no script when it is installed", () => {
    const { scripts, dependencies } = JSON.parse(read("package.json")) as { scripts: Record<string, string>; dependencies?: object };
    expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
    expect(dependencies).toBeUndefined();
    expect(execFileSync("npm", ["ls", "--all", "--parseable"], { cwd: inject("packed").consumer, encoding: "utf8" }).trim().split("\n")).toHaveLength(2);
  });
});
