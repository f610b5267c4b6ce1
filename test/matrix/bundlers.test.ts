import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { testFull, matrix } from "./full.ts";
import { openInChromium } from "./chromium.ts";
import { consumer, expectWorked, expectWorkOnFiles, run } from "./rows.ts";

/** Each bundler as its users call it, without any setting for this package; what comes out runs with node_modules gone. */

async function bundled(bundler: string, target: string, page = "page.js"): Promise<string> {
  const folder = consumer();
  writeFileSync(join(folder, "index.html"), `<!doctype html><script type="module" src="${page}"></script>`);
  const said = await run(folder, "sh", ["-c", '"$0" "$@" 2>&1', process.execPath, join(matrix, "bundlers", `${bundler}.mjs`), target]);
  expect(said, "nothing to warn of").toBe("");
  rmSync(join(folder, "node_modules"), { recursive: true });
  return folder;
}

describe.each(["esbuild", "rollup", "vite", "webpack"])("%s", (bundler) => {
  testFull("for Node: runs on Node", async () => {
    const folder = await bundled(bundler, "node");
    const [program] = readdirSync(join(folder, "out")).filter((name) => name.startsWith("on-files."));
    await expectWorkOnFiles(folder, process.execPath, (colony) => [`out/${program}`, colony]);
  });

  testFull("for browsers: runs in a page and in a worker", async () => {
    const folder = await bundled(bundler, "browser");
    const out = join(folder, "out");
    if (!existsSync(join(out, "index.html"))) {
      writeFileSync(join(out, "index.html"), '<!doctype html><script type="module" src="page.js"></script>');
    }
    const worked = await openInChromium(out);
    expect(worked).toHaveLength(3);
    for (const each of worked as string[]) expectWorked(each);
    // The wasm travels in the scripts: nothing else is fetched, and there is nothing to copy.
    expect(readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".wasm"))).toEqual([]);
  });
});

testFull("esbuild, CommonJS for Node", async () => {
  const folder = await bundled("esbuild", "node-cjs");
  await expectWorkOnFiles(folder, process.execPath, (colony) => ["out/on-files.cjs", colony]);
});

testFull("vite, the slim entry: the wasm is a file of its own", async () => {
  const out = join(await bundled("vite", "browser", "page-slim.js"), "out");
  expectWorked((await openInChromium(out)) as string);
  const files = readdirSync(out, { recursive: true, encoding: "utf8" });
  expect(files.filter((name) => name.endsWith(".wasm"))).toHaveLength(1);
  for (const name of files.filter((each) => each.endsWith(".js"))) expect(readFileSync(join(out, name), "utf8")).not.toContain("AGFzbQE");
});
