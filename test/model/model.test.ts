import { rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect } from "vitest";
import { tempDir, testWith } from "../helpers.ts";
import { cases } from "../proof.ts";
import { Fleet } from "./fleet.ts";
import { type Run, run } from "./steps.ts";

const RUNS = cases(15, 200);
const STEPS = cases(40, 80);
const MINUTES = cases(5, 40);

testWith("python3")(`the ledger does what its model does: ${RUNS} runs of ${STEPS} steps, by several processes, with kills`, { timeout: MINUTES * 60_000 }, async () => {
  const folder = tempDir();
  const fleet = await Fleet.start(folder);
  let number = 0;
  const property = fc.asyncProperty(run(STEPS), async (each) => {
    const name = `run-${number++}`;
    await fleet.perform(each, name);
    rmSync(join(folder, name), { recursive: true });
  });
  const { SEED: seed, SEED_PATH: path } = process.env;
  const result = (await fc.check(property, {
    numRuns: RUNS,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
    plugins: [fc.interruptAfterTimeLimit((MINUTES - 1) * 60_000)], // Shrinking ends there.
  })) as fc.RunDetails<[Run]>;
  if (result.failed) {
    const { steps = [], ...rest } = result.counterexample?.[0] ?? {};
    throw new Error(`replay with: ${process.env["PROOF"] === undefined ? "" : "PROOF=long "}SEED=${result.seed} SEED_PATH=${result.counterexamplePath} `
      + `npx vitest run --config test/vitest.config.ts test/model\n${JSON.stringify(rest)}\n`
      + `${steps.filter(({ calls }) => calls.length > 0).map((step) => JSON.stringify(step)).join("\n")}\n${String(result.errorInstance)}`);
  }

  const { tally } = fleet;
  process.stdout.write(`model, SEED=${result.seed}: ${result.numRuns} runs; ${[...tally.counts].map(([what, count]) => `${what} ${count}`).join(", ")}\n`);
  if (path !== undefined) return; // One run, to look at.
  expect(result.numRuns).toBe(RUNS);
  // Everything did happen.
  for (const what of [
    "claimed", "reclaimed", "completeTask", "failTask", "releaseTask", "completeStep", "checkOffSopItem", "nativeClaim", "deleting",
    "CLAIM_LOST", "SOP_OPEN", "INVALID_INPUT", "NOT_FOUND", "thrown", "killed inside", "unheard, and done", "unheard, and not done", "order mattered", "BUSY",
  ]) expect(tally.of(what), what).toBeGreaterThan(0);
  expect(tally.of("calls at once")).toBeGreaterThan(RUNS * STEPS / 4);
});
