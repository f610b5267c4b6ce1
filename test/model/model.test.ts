import { rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect } from "vitest";
import { tempDir, testWith } from "../helpers.ts";
import type { Runtime } from "../processes/program.ts";
import { cases, isLong } from "../proof.ts";
import { Fleet } from "./fleet.ts";
import { type Run, run } from "./steps.ts";

const STEPS = cases(40, 80);
const MINUTES = cases(5, 60);

/** Three processes, and how many runs they make. */
const FLEETS: Record<string, { runtimes: Runtime[]; runs: number }> = {
  "on Node": { runtimes: ["node", "node", "node"], runs: cases(15, 200) },
  "on Deno, Bun and Node": { runtimes: ["deno", "bun", "node"], runs: cases(3, 40) },
};

for (const [where, { runtimes, runs }] of Object.entries(FLEETS)) {
  testWith("python3", ...runtimes)(`the ledger does what its model does: ${runs} runs of ${STEPS} steps, ${where}, with kills`, { timeout: MINUTES * 60_000 }, async () => {
    const folder = tempDir();
    const fleet = await Fleet.start(folder, runtimes);
    await check(fleet, folder, runs, where);
    if (process.env["SEED_PATH"] !== undefined) return; // One run, to look at.
    const { tally } = fleet;
    expect(tally.of("steps")).toBeGreaterThan(runs * STEPS * 0.9);
    expect(tally.of("calls at once")).toBeGreaterThan(runs * STEPS / 4);
    expect(tally.of("killed inside") + tally.of("killed after")).toBeGreaterThan(0);
    if (runs < 10) return;
    // Everything did happen.
    for (const what of [
      "killed inside",
      "claimed", "reclaimed", "completeTask", "failTask", "releaseTask", "completeStep", "checkOffSopItem", "nativeClaim", "deleting",
      "CLAIM_LOST", "SOP_OPEN", "INVALID_INPUT", "NOT_FOUND", "thrown", "unheard, and done", "unheard, and not done", "order mattered", ...(isLong ? ["BUSY"] : []),
    ]) expect(tally.of(what), what).toBeGreaterThan(0);
  });
}

async function check(fleet: Fleet, folder: string, runs: number, where: string): Promise<void> {
  let number = 0;
  const property = fc.asyncProperty(run(STEPS), async (each) => {
    const name = `run-${number++}`;
    await fleet.perform(each, name);
    rmSync(join(folder, name), { recursive: true });
  });
  const { SEED: seed, SEED_PATH: path } = process.env;
  const result = (await fc.check(property, {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
    plugins: [fc.interruptAfterTimeLimit((MINUTES - 1) * 60_000)], // Shrinking ends there.
  })) as fc.RunDetails<[Run]>;
  if (result.failed) {
    const { steps = [], ...rest } = result.counterexample?.[0] ?? {};
    throw new Error(`replay with: ${process.env["PROOF"] === undefined ? "" : "PROOF=long "}SEED=${result.seed} SEED_PATH=${result.counterexamplePath} `
      + `npx vitest run --config test/vitest.config.ts test/model -t "${where},"\n${JSON.stringify(rest)}\n`
      + `${steps.filter(({ calls }) => calls.length > 0).map((step) => JSON.stringify(step)).join("\n")}\n${String(result.errorInstance)}`);
  }

  process.stdout.write(`model ${where}, SEED=${result.seed}: ${result.numRuns} runs; `
    + `${[...fleet.tally.counts].map(([what, count]) => `${what} ${count}`).join(", ")}\n`);
}
