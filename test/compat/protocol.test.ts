import { spawn } from "node:child_process";
import { expect } from "vitest";
import { outputOf, python, testWith } from "../helpers.ts";
import { native, newDb, WITH_SEED } from "../colony-kit.ts";

const testWithNatives = testWith("python3", "sqlite3");
const CLAIM = `
  UPDATE tasks SET status='claimed', worker_id='shell', claim_token=lower(hex(randomblob(16))),
    claimed_at=datetime('now'), updated_at=datetime('now')
  WHERE id = (SELECT id FROM tasks WHERE status='pending' ORDER BY priority DESC, seq, created_at LIMIT 1)
  RETURNING id`;

testWithNatives("a worker may do all its work in the sqlite3 shell, and we see it all", async () => {
  const db = await newDb();
  await db.seedTasks([
    { id: "later", goal: "g" },
    { id: "first", goal: "g", priority: 9, steps: [{ title: "one" }, { title: "two" }], sop_items: [{ key: "lint", description: "d" }] },
  ]);

  expect(native(db.path, `BEGIN IMMEDIATE; ${CLAIM}; COMMIT;`)).toBe("first");
  expect((await db.getProgress()).byStatus).toMatchObject({ pending: 1, claimed: 1 });
  native(db.path, "UPDATE tasks SET status='in_progress', started_at=datetime('now') WHERE id='first'");
  native(db.path, "UPDATE steps SET status='done', evidence='sha 1', worker_id='shell', completed_at=datetime('now') WHERE task_id='first' AND seq=1");
  expect((await db.getProgress()).steps).toEqual({ total: 2, done: 1 });
  expect((await db.getProgress()).openGates).toBe(1);
  native(db.path, "UPDATE sop_checklist SET done_at=datetime('now'), done_by='shell', note='clean' WHERE task_id='first' AND key='lint'");
  native(db.path, "UPDATE tasks SET status='done', completed_at=datetime('now'), updated_at=datetime('now') WHERE id='first'");

  const task = await db.getTask("first");
  expect(task).toMatchObject({ status: "done", worker_id: "shell" });
  expect(task.steps.map((step) => [step.seq, step.status, step.evidence])).toEqual([[1, "done", "sha 1"], [2, "pending", null]]);
  expect(task.sop_items).toMatchObject([{ key: "lint", done_by: "shell", note: "clean" }]);
  expect((await db.getProgress()).rate.done).toBeGreaterThan(0);
});

testWithNatives("a claim made in the shell is a claim for our verbs, and ours is one for the shell", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "g", sop_items: [{ key: "k", description: "d" }] }, { id: "b", goal: "g" }]);
  native(db.path, CLAIM);
  const claim_token = native(db.path, "SELECT claim_token FROM tasks WHERE id='a'");
  await db.checkOffSopItem({ id: "a", claim_token }, "k");
  await db.completeTask({ id: "a", claim_token });
  expect((await db.getTask("a")).sop_items).toMatchObject([{ done_by: "shell" }]);

  const claim = await db.claimTask({ workerId: "w" });
  expect(native(db.path, `UPDATE tasks SET status='done' WHERE id='b' AND claim_token='${claim!.claim_token}' RETURNING worker_id`)).toBe("w");
  expect(native(db.path, CLAIM)).toBe("");
});

testWithNatives("20 shells and we claim at once, and no task is claimed twice", async () => {
  const db = await newDb();
  await db.seedTasks(Array.from({ length: 30 }, (_, n) => ({ id: `t${n}`, goal: "g" })));
  const shells = outputOf(spawn("python3", ["-c", `
import subprocess, sys
shell = ["sqlite3", "-vfs", "unix-dotfile", "-cmd", ".timeout 20000", sys.argv[1], sys.argv[2]]
shells = [subprocess.Popen(shell, stdout=subprocess.PIPE, text=True) for _ in range(20)]
print(*(each.communicate()[0].strip() for each in shells))`, db.path, CLAIM]));
  const ours: string[] = [];
  while (ours.length < 10) ours.push((await db.claimTask({ workerId: "w" }))!.id);
  const ids = [...(await shells).trim().split(" "), ...ours];
  expect(ids).toHaveLength(30);
  expect(new Set(ids).size).toBe(30);
});

testWithNatives("Python finds our rows through the dotfile lock", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a", goal: "Ω", payload: { n: 1 } }]);
  expect(python(`${WITH_SEED}
con = sqlite3.connect(f"file:{sys.argv[1]}?vfs=unix-dotfile", uri=True)
print(json.dumps(con.execute("SELECT id, goal, payload, status, source FROM tasks").fetchall(), ensure_ascii=False))`, db.path))
    .toBe('[["a", "Ω", "{\\"n\\":1}", "pending", "queen_create"]]');
});
