import { existsSync } from "node:fs";
import { openProgressDb } from "hive-progress-db";
import { expect, test } from "vitest";
import { codeOf, newColony, newDb, open } from "../colony-kit.ts";

test("a closed handle refuses every verb with CLOSED, and closing again is fine", async () => {
  const db = await newDb();
  await db.close();
  await db.close();
  const claim = { id: "a", claim_token: "t" };
  for (const code of [
    db.seedTasks([{ goal: "g" }]), db.enqueueTask("g"), db.reclaimStale(), db.claimTask({ workerId: "w" }), db.claimTasks({ workerId: "w", limit: 1 }),
    db.startTask(claim), db.heartbeat(claim), db.completeTask(claim), db.failTask(claim, { error: "e" }), db.releaseTask(claim),
    db.startStep(claim, 1), db.completeStep(claim, 1, { evidence: "" }), db.failStep(claim, 1), db.skipStep(claim, 1), db.checkOffSopItem(claim, "k"),
    db.getTask("a"), db.listTasks(), db.getProgress(), db.read(() => 1), db.transaction(() => 1),
  ].map((call) => codeOf(call))) expect(await code).toBe("CLOSED");
});

test("what was asked for before close is finished and on disk", async () => {
  const { path } = await newColony();
  const db = await openProgressDb(path);
  const asked = Array.from({ length: 50 }, () => db.enqueueTask("g"));
  await db.close();
  await Promise.all(asked);
  expect((await (await open(path)).getProgress()).total).toBe(50);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("closing one handle leaves the others open", async () => {
  const { path } = await newColony();
  const [a, b] = [await open(path), await open(path)];
  await a.close();
  expect(await b.enqueueTask("g", { id: "x" })).toBe("x");
  await b.close();
  expect(await (await open(path)).getTask("x")).toMatchObject({ goal: "g" });
});

test("await using closes the handle at the end of its block", async () => {
  const { path } = await newColony();
  let kept;
  {
    await using db = await openProgressDb(path);
    await db.enqueueTask("g");
    kept = db;
  }
  expect(await codeOf(kept.getProgress())).toBe("CLOSED");
});
