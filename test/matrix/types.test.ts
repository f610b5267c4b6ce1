import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { root, testWith } from "../helpers.ts";
import { testFull, tool } from "./full.ts";
import { consumer, run } from "./rows.ts";

/** The compilers that users have; the newest one builds this package, and is always here. */
const COMPILERS = {
  "TypeScript 5.9": tool("typescript59/bin/tsc"),
  "TypeScript 6": tool("typescript/bin/tsc"),
  "TypeScript 7": join(root, "node_modules/typescript/bin/tsc"),
};
/** What a program's world is: a runtime, by `@types/node`, or a page, where nothing of Node's is known. */
const WORLDS: Record<string, { types: string[]; lib: string[]; programs: string[] }> = {
  node: { types: ["node"], lib: ["es2023"], programs: ["on-node.ts", "anywhere.ts"] },
  page: { types: [], lib: ["es2023", "dom"], programs: ["anywhere.ts"] },
};
const RESOLUTIONS = ["nodenext", "bundler"] as const;

const rows = Object.entries(COMPILERS).flatMap(([compiler, tsc]) =>
  Object.entries(WORLDS).flatMap(([world, options]) => RESOLUTIONS.map((resolution) => ({ compiler, tsc, world, options, resolution }))));

describe("the types", () => {
  for (const { compiler, tsc, world, options, resolution } of rows) {
    const testHere = compiler === "TypeScript 7" ? testWith("node") : testFull;
    testHere(`work on ${compiler}, ${resolution}, for a ${world} program`, async () => {
      const folder = consumer();
      const { types, lib, programs } = options;
      // skipLibCheck is off: our own declarations are checked too, not only what is made of them.
      const compilerOptions = {
        types, lib,
        target: "es2022",
        module: resolution === "nodenext" ? "nodenext" : "esnext",
        moduleResolution: resolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
      };
      writeFileSync(join(folder, "types/tsconfig.json"), JSON.stringify({ compilerOptions, files: programs }));
      if (types.includes("node")) addNodeTypes(folder);
      expect(await run(folder, process.execPath, [tsc, "-p", "types"])).toBe("");
    });
  }
});

function addNodeTypes(folder: string): void {
  for (const name of ["@types/node", "undici-types"]) cpSync(join(root, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
}
