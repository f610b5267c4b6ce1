import { expect, test } from "vitest";
import { testWith } from "../helpers.ts";
import { native, newDb } from "../colony-kit.ts";

const testWithSqlite3 = testWith("sqlite3");
const hex = (text: string): string => Buffer.from(text, "utf8").toString("hex").toUpperCase();

const TEXTS = [
  "a\0b", "\0", "\0\0end\0", "👩‍👩‍👧‍👦 🏳️‍🌈", "שלום \u200F(rtl)\u202E\u202C", "e\u0301 \u00e9", "line\r\nbreak\ttab\u2028", "'; DROP TABLE tasks; --",
  "\uFEFFbom", "\uFFFD\uFFFF", "\u{10FFFF}", " ", "\\u0000 \\n", "?1 :a @b $c", "x".repeat(70_000),
];

testWithSqlite3("texts of every kind are stored to the byte, NUL and all", async () => {
  const db = await newDb();
  await db.seedTasks(TEXTS.map((text, n) => ({
    id: `t${n}`, goal: text, payload: text, steps: [{ title: text, detail: text }], sop_items: [{ key: text, description: text, note: text }],
  })));
  for (const [n, text] of TEXTS.entries()) {
    const task = await db.getTask(`t${n}`);
    expect([task.goal, task.payload, task.steps[0]!.title, task.steps[0]!.detail]).toEqual([text, text, text, text]);
    expect([task.sop_items[0]!.key, task.sop_items[0]!.description, task.sop_items[0]!.note]).toEqual([text, text, text]);
  }
  expect(native(db.path, "SELECT hex(goal) FROM tasks ORDER BY rowid").split("\n")).toEqual(TEXTS.map(hex));
  expect(native(db.path, "SELECT DISTINCT typeof(goal) || typeof(payload) FROM tasks")).toBe("texttext");
  expect(native(db.path, "SELECT hex(note) FROM sop_checklist ORDER BY rowid").split("\n")).toEqual(TEXTS.map(hex));
});

testWithSqlite3("what workers write is stored to the byte too", async () => {
  const db = await newDb();
  await db.seedTasks([{ id: "a\0a", goal: "g", steps: [{ title: "t" }], sop_items: [{ key: "k\0", description: "d" }] }]);
  const claim = (await db.claimTask({ workerId: "w\0🐝", taskId: "a\0a" }))!;
  await db.completeStep(claim, 1, { evidence: "e\0é" });
  await db.checkOffSopItem(claim, "k\0", { note: "n\0ß" });
  await db.failTask(claim, { error: "x\0\u202E" });
  expect(native(db.path, "SELECT hex(worker_id), hex(last_error) FROM tasks")).toBe(`${hex("w\0🐝")}|${hex("x\0\u202E")}`);
  expect(native(db.path, "SELECT hex(evidence), hex(worker_id) FROM steps")).toBe(`${hex("e\0é")}|${hex("w\0🐝")}`);
  expect(native(db.path, "SELECT hex(note), hex(done_by) FROM sop_checklist")).toBe(`${hex("n\0ß")}|${hex("w\0🐝")}`);
});

testWithSqlite3("a payload of 10 MB is stored and claimed whole", async () => {
  const db = await newDb();
  const payload = "0123456789abcdé🐝".repeat(500_000);
  await db.seedTasks([{ id: "big", goal: "g", payload }, { id: "json", goal: "g", payload: { text: payload } }]);
  expect((await db.claimTask({ workerId: "w", taskId: "big" }))!.payload === payload).toBe(true);
  expect((await db.getTask("json")).payload === JSON.stringify({ text: payload })).toBe(true);
  expect(native(db.path, "SELECT length(CAST(payload AS BLOB)) FROM tasks WHERE id='big'")).toBe(String(Buffer.byteLength(payload)));
});

testWithSqlite3("whole numbers are stored as integers, up to 2^53 - 1 on either side", async () => {
  const db = await newDb();
  const most = Number.MAX_SAFE_INTEGER;
  for (const n of [0, -0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, most, -most]) {
    const [id] = await db.seedTasks([{ goal: "g", seq: n, priority: n, max_retries: Math.abs(n), steps: [{ title: "t", seq: n }] }]);
    const task = await db.getTask(id!);
    expect([task.seq, task.priority, task.max_retries, task.steps[0]!.seq].map((value) => value! + 0)).toEqual([n + 0, n + 0, Math.abs(n), n + 0]);
  }
  expect(native(db.path, "SELECT DISTINCT typeof(seq), typeof(priority), typeof(max_retries) FROM tasks")).toBe("integer|integer|integer");
  expect(native(db.path, "SELECT max(seq), min(seq) FROM tasks")).toBe(`${most}|${-most}`);
});

test("a payload is JSON as JSON.stringify writes it, and a text is left alone", async () => {
  const db = await newDb();
  const payloads: [unknown, string | null][] = [
    [{ b: 1, a: [undefined, "é"] }, '{"b":1,"a":[null,"é"]}'], ["{}", "{}"], ["", ""], [0, "0"], [false, "false"], [null, null], [undefined, null],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'], [{ text: "\uD800" }, '{"text":"\\ud800"}'], [[], "[]"],
  ];
  const ids = await db.seedTasks(payloads.map(([payload]) => ({ goal: "g", payload })));
  for (const [n, id] of ids.entries()) expect((await db.getTask(id)).payload).toBe(payloads[n]![1]);
});
