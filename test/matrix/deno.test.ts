import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { testWith, toolPath } from "../helpers.ts";
import { bundle } from "./esbuild.ts";
import { consumer, expectWorkOnFiles, run } from "./rows.ts";

const deno = toolPath("deno");
/** All that Deno is asked for: the colony's folder. */
const leave = (colony: string): string[] => ["--no-prompt", "--no-remote", `--allow-read=${colony}`, `--allow-write=${colony}`];

describe("Deno", () => {
  testWith("deno", "sqlite3")("takes the package from node_modules", () =>
    expectWorkOnFiles(consumer(), deno, (colony) => ["run", ...leave(colony), "on-files.js", colony]));

  testWith("deno", "sqlite3")("takes it by an npm: specifier", async () => {
    const folder = consumer();
    expect(await run(folder, "sed", ["-i", 's#"hive-progress-db"#"npm:hive-progress-db@0.1.0"#', "on-files.js"])).toBe("");
    await expectWorkOnFiles(folder, deno, (colony) => ["run", "--node-modules-dir=manual", ...leave(colony), "on-files.js", colony]);
  });

  testWith("deno", "sqlite3")("runs a bundle, with node_modules gone", async () => {
    const folder = consumer();
    await bundle({ cwd: folder, entry: "on-files.js", platform: "node", outfile: "out/on-files.js" });
    rmSync(join(folder, "node_modules"), { recursive: true });
    await expectWorkOnFiles(folder, deno, (colony) => ["run", ...leave(colony), "out/on-files.js", colony]);
  });

  testWith("deno")("needs leave to write the colony, and says so", async () => {
    const folder = consumer();
    await expect(run(folder, deno, ["run", "--no-prompt", `--allow-read=${folder}`, "on-files.js", join(folder, "colony")]))
      .rejects.toThrow(/--allow-write/);
  });
});
