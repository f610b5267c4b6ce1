import type { Claim, ProgressDb } from "hive-progress-db";
import { expect, test } from "vitest";
import { failure, manualClock, newDb, sha256 } from "../colony-kit.ts";

const clock = manualClock();

async function claimed(): Promise<{ db: ProgressDb; claim: Claim }> {
  const db = await newDb({ clock });
  await db.seedTasks([{ id: "a", goal: "g", sop_items: [
    { key: "z", description: "tests pass" }, { key: "m", description: "nice to have", required: false }, { key: "a", description: "reviewed", note: "by whom?" },
  ] }]);
  return { db, claim: (await db.claimTask({ workerId: "w" }))! };
}

test("completing is refused while required items are open, and lists them", async () => {
  const { db, claim } = await claimed();
  const before = sha256(db.path);
  const error = await failure(db.completeTask(claim));
  expect(error).toMatchObject({ code: "SOP_OPEN", details: { id: "a", open: [{ key: "z", description: "tests pass" }, { key: "a", description: "reviewed" }] } });
  expect(error.message).toContain("z, a");
  expect(sha256(db.path)).toBe(before);

  await db.checkOffSopItem(claim, "z");
  expect((await failure(db.completeTask(claim))).details["open"]).toEqual([{ key: "a", description: "reviewed" }]);
  await db.checkOffSopItem(claim, "a");
  await db.completeTask(claim);
  expect(await db.getTask("a")).toMatchObject({ status: "done", completed_at: "2026-05-01 09:00:00", worker_id: "w" });
});

test("checking an item off records who, when and why, and the first one counts", async () => {
  const { db, claim } = await claimed();
  await db.checkOffSopItem(claim, "z", { note: "ci run 7" });
  const first = (await db.getTask("a")).sop_items;
  expect(first[0]).toMatchObject({ done_at: "2026-05-01 09:00:00", done_by: "w", note: "ci run 7" });
  clock.advance(5);
  await db.checkOffSopItem(claim, "z", { note: "another" });
  expect((await db.getTask("a")).sop_items).toEqual(first);
  await db.checkOffSopItem(claim, "a");
  expect((await db.getTask("a")).sop_items[2]).toMatchObject({ note: "by whom?", done_by: "w" });
});

test("an unknown item is NOT_FOUND, with the known ones as a hint", async () => {
  const { db, claim } = await claimed();
  const error = await failure(db.checkOffSopItem(claim, "nope"));
  expect(error).toMatchObject({ code: "NOT_FOUND", details: { id: "a", key: "nope" } });
  expect(error.hint).toContain("z, m, a");
});

test("a task can fail, and be given back, with its gates open", async () => {
  const { db, claim } = await claimed();
  await db.releaseTask(claim);
  const again = (await db.claimTask({ workerId: "w" }))!;
  expect(await db.failTask(again, { error: "no" })).toBe("failed");
});
