import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { tempDir, testWith, toolPath } from "../helpers.ts";
import { consumer, expectWorkOnFiles, run } from "./rows.ts";

const bun = toolPath("bun");

describe("Bun", () => {
  testWith("bun", "sqlite3")("imports the package", () => expectWorkOnFiles(consumer(), bun, (colony) => ["on-files.js", colony]));

  testWith("bun", "sqlite3")("compiles it into one file that runs anywhere", async () => {
    const folder = consumer();
    await run(folder, bun, ["build", "--compile", "on-files.js", "--outfile", "worker"]);
    const elsewhere = tempDir();
    cpSync(join(folder, "worker"), join(elsewhere, "worker"));
    rmSync(folder, { recursive: true });
    await expectWorkOnFiles(elsewhere, "./worker", (colony) => [colony]);
  });

  testWith("bun", "sqlite3")("bundles it, with node_modules gone", async () => {
    const folder = consumer();
    await run(folder, bun, ["build", "--target=bun", "on-files.js", "--outdir", "out"]);
    rmSync(join(folder, "node_modules"), { recursive: true });
    await expectWorkOnFiles(folder, bun, (colony) => ["out/on-files.js", colony]);
  });
});
