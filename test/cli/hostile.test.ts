import { expect, test } from "vitest";
import type { TaskInput } from "hive-progress-db";
import { colony, json, said, seeded, withDb } from "./kit.ts";
import { inPairs } from "./sqlite3-kit.ts";

/** What agents write must neither steer a terminal nor break a table; programs get it exactly. */

const EVIL = [
  "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J",
  "two\nlines\r\nand\ta tab",
  "\u202egnp.exe\u202c \u2066isolate\u2069 \u200fmark",
  "\u009b31m C1 \u0090 \u007f \u0000after NUL",
  "\u2028separators\u2029 \u200bzero width \ufeffBOM \u{e0041}tag",
  "日本語の仕事 👩‍👩‍👧 é́́",
];
const LONG = `${"\u001b[5mx".repeat(1000)}${"long ".repeat(209_000)}`;

/** All that a terminal may obey, or that reorders or hides text: every control but the line break, and the marks. */
const OBEYED = /(?!\n)\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

async function evilColony(): Promise<{ path: string; tasks: TaskInput[] }> {
  const tasks = [...EVIL, LONG].map((text, index): TaskInput => ({
    id: `t${index}`, goal: text, payload: text,
    steps: [{ title: text, detail: text }], sop_items: [{ key: text.slice(0, 200), description: text, note: text }],
  }));
  const { path } = await seeded(tasks);
  await withDb(path, async (db) => {
    for (const [index, text] of EVIL.entries()) {
      const claim = (await db.claimTask({ workerId: text, taskId: `t${index}` }))!;
      await db.completeStep(claim, 1, { evidence: text });
      await db.checkOffSopItem(claim, text.slice(0, 200), { note: text });
      if (index % 2 === 0) await db.failTask(claim, { error: text });
    }
  }, { clock: { now: () => Date.now() - 60_000 } }); // The claims are stale.
  return { path, tasks };
}

test("no command for people prints what a terminal would obey, and every row of a table is one line", async () => {
  const { path } = await evilColony();
  const db = ["--db", path];
  const ids = [...EVIL, LONG].map((_, index) => `t${index}`);
  await inPairs([
    ["list"], ["status"], ["failures"], ["workers"], ["gates"], ["tree"], ["stale", "--older-than", "0s"], ["info"], ["doctor"],
    ["show", ...ids], ["plan", "t0"], ["gate", "list", "t1"],
  ], async (args) => {
    const { stdout, stderr } = await colony([...args, ...db]);
    expect(stdout, args.join(" ")).not.toBe("");
    for (const output of [stdout, stderr]) expect(OBEYED.exec(output), args.join(" ")).toBeNull();
  });
  const plain = await said(["list", "--plain", "--fields", "id,worker_id,goal,last_error", ...db]);
  expect(OBEYED.exec(plain.replaceAll("\t", ""))).toBeNull();
  expect(plain.replace(/\n$/, "").split("\n").map((line) => line.split("\t").length)).toEqual(ids.map(() => 4));
  expect((await said(["list", ...db])).trimEnd().split("\n")).toHaveLength(ids.length + 1);
  expect((await said(["tree", ...db])).trimEnd().split("\n")).toHaveLength(ids.length);
  const refused = await colony(["show", EVIL[0]!, ...db]);
  expect(refused.status).toBe(7);
  expect(OBEYED.exec(refused.stderr)).toBeNull();
});

test("--json and --jsonl are safe to look at too, and give every text back exactly, 1 MB of it as well", async () => {
  const { path, tasks } = await evilColony();
  const db = ["--db", path];
  const raw = await said(["list", "--json", "--limit", "0", ...db]);
  expect(OBEYED.exec(raw)).toBeNull();
  const listed = JSON.parse(raw) as { tasks: { goal: string; payload: string; last_error: string | null; worker_id: string | null }[] };
  expect(listed.tasks.map(({ goal, payload }) => [goal, payload])).toEqual(tasks.map(({ goal, payload }) => [goal, payload]));
  expect(listed.tasks.slice(0, EVIL.length).map((task) => task.worker_id)).toEqual(EVIL);
  expect(listed.tasks[2]?.last_error).toBe(EVIL[2]);
  const lines = (await said(["list", "--jsonl", "--fields", "goal", "--limit", "0", ...db])).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { goal: string }).goal)).toEqual(tasks.map(({ goal }) => goal));
  const { task } = await json<{ task: { steps: { evidence: string }[] } }>(["show", "t4", ...db]);
  expect(task.steps[0]?.evidence).toBe(EVIL[4]);
});

test("--csv is exact where no terminal is, and its rows can be told apart", async () => {
  const { path } = await evilColony();
  const csv = await said(["list", "--csv", "--fields", "id,goal", "--db", path]);
  expect(csv.startsWith("id,goal\n")).toBe(true);
  expect(csv).toContain(`t1,"${EVIL[1]!}"\n`);
  expect(csv).toContain(`t0,${EVIL[0]!}\n`);
});
