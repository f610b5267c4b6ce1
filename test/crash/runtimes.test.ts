import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";
import { fastTempDir, outputOf, root, testWith, toolPath } from "../helpers.ts";
import type { Verdict } from "./judge.ts";

const PROGRAM = join(root, "test/crash/on-any-runtime.ts");

for (const runtime of ["deno", "bun"] as const) {
  testWith(runtime)(`on ${runtime}, a crash at any call of claim, complete and ensure leaves all of it or nothing`, async () => {
    const args = runtime === "deno" ? ["run", "-A", PROGRAM] : [PROGRAM];
    const child = spawn(toolPath(runtime), [...args, fastTempDir()], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const [verdict, text] = JSON.parse(await outputOf(child)) as [Verdict, string];
    process.stdout.write(`${runtime}: ${text}\n`);
    expect(verdict.failures).toEqual([]);
    expect(Math.min(verdict.before, verdict.after, verdict.recovered, verdict.nested)).toBeGreaterThan(0);
  });
}
