// Does what it is told, a line each: `{ id, verb, handle, args, now, stopAt }`. Answers `{ id, value }` or `{ id, error }`,
// in whatever order the answers come. Its clock shows what the last line said.
import { stopAt } from "./stop-at.mjs";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const { ensureProgressDb, openProgressDb } = await import("hive-progress-db");

let now;
const clock = { now: () => now ?? Date.now() };
const handles = new Map();

const VERBS = {
  async open(handle, path, options) {
    handles.set(handle, await openProgressDb(path, { clock, timeoutMs: 20_000, ...options }));
  },
  async close(handle) {
    await handles.get(handle).close();
  },
  /** Opened, ensured, closed. */
  ensure: (_handle, colony, options) => ensureProgressDb(colony, { clock, timeoutMs: 20_000, ...options }),
  /** Raw SQL in a transaction of its own; with `fails` it throws at the end. */
  sql: (handle, statements, fails) => handles.get(handle).transaction((sql) => {
    const rows = statements.map((statement) => sql.all(statement));
    if (fails) throw new Error("changed my mind");
    return rows.at(-1);
  }),
  /** All that the reading verbs tell. */
  look: async (handle) => {
    const db = handles.get(handle);
    const rows = await db.listTasks();
    return { rows, tasks: await Promise.all(rows.map(({ id }) => db.getTask(id))), progress: await db.getProgress() };
  },
};

async function answer({ id, verb, handle, args }) {
  try {
    const value = verb in VERBS ? await VERBS[verb](handle, ...args) : await handles.get(handle)[verb](...args);
    say({ id, value });
  } catch (error) {
    say({ id, error: { name: error.name, code: error.code, message: error.message, details: error.details } });
  }
}
const say = (message) => writeSync(1, `${JSON.stringify(message)}\n`);

writeSync(1, "ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  now = told.now ?? now;
  if (told.stopAt !== undefined) stopAt(told.stopAt);
  void answer(told);
}
