import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { testWith, toolPath } from "../helpers.ts";
import { bundle } from "./esbuild.ts";
import { consumer, expectWorked, run } from "./rows.ts";

/** The browser's entry in memory, where there is no browser: nothing of the system is touched. */
describe("the browser's entry, in memory", () => {
  test("on Node", async () => expectWorked(await run(consumer(), process.execPath, ["print.js"])));

  testWith("bun")("on Bun", async () => expectWorked(await run(consumer(), toolPath("bun"), ["print.js"])));

  testWith("deno")("on Deno, with leave for nothing at all, from a bundle", async () => {
    const folder = consumer();
    await bundle({ cwd: folder, entry: "print.js", platform: "browser", outfile: "out/print.js" });
    rmSync(join(folder, "node_modules"), { recursive: true });
    expectWorked(await run(folder, toolPath("deno"), ["run", "--no-prompt", "--no-remote", "out/print.js"]));
  });
});
