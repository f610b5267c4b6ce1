import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { matrix, testFull, tool } from "./full.ts";
import { consumer, expectWorked, run } from "./rows.ts";

testFull("Cloudflare's workerd runs the slim entry in memory, with a compiled module", async () => {
  const folder = consumer();
  await run(folder, process.execPath, [join(matrix, "bundlers/workerd.mjs")]);
  rmSync(join(folder, "node_modules"), { recursive: true });
  expect(readFileSync(join(folder, "out/workerd.js"), "utf8").length).toBeLessThan(400_000); // Without the wasm.
  expectWorked(await run(folder, tool("workerd/bin/workerd"), ["test", "workerd.capnp"]));
});
