import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { describe, expect, test } from "vitest";
import { outputOf, startNode, tempDir } from "../helpers.ts";

const wasmPath = createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm-browser.wasm");

/** Opens a database with the wasm that `prepare` makes of sql.js's own, in a process of its own. */
async function openWith(prepare: string): Promise<unknown> {
  const folder = tempDir();
  const path = await ensureProgressDb(join(folder, "colony"));
  const out = await outputOf(startNode(folder, "open.mjs", `
    import { readFileSync } from "node:fs";
    import { openProgressDb } from "hive-progress-db";
    const bytes = readFileSync(${JSON.stringify(wasmPath)});
    ${prepare}
    try {
      const db = await openProgressDb(${JSON.stringify(path)}, { wasm });
      console.log(JSON.stringify((await db.getProgress()).total));
      await db.close();
    } catch ({ code, message, hint }) {
      console.log(JSON.stringify({ code, message, hint }));
    }
  `));
  return JSON.parse(out);
}

describe("the engine", () => {
  test("takes the wasm as bytes or compiled", async () => {
    expect(await openWith("const wasm = new Uint8Array(bytes);")).toBe(0);
    expect(await openWith("const wasm = await WebAssembly.compile(bytes);")).toBe(0);
  });

  test("refuses wasm in which the VFS has no place, and names the release it wants", async () => {
    const refusal = await openWith(`
      // The VFS is found by its name.
      const at = bytes.indexOf("\\0unix\\0");
      if (at < 0) throw new Error("the name is not there");
      bytes.write("xinu", at + 1);
      const wasm = new Uint8Array(bytes);
    `);
    expect(refusal).toMatchObject({ code: "ENGINE_MISMATCH", hint: expect.stringContaining("1.16.0") });
  });

  test("is the pinned release, byte for byte", () => {
    const bundled = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
    expect(bundled).toContain('"sql.js": "1.16.0"');
    expect(JSON.parse(readFileSync(join(wasmPath, "../../package.json"), "utf8"))).toMatchObject({ version: "1.16.0" });
  });
});
