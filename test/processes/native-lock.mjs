// Uses the native lock, which needs a runtime with a foreign function interface. The first argument says what for.
import { writeSync } from "node:fs";
import { once } from "node:events";
import { openProgressDb } from "hive-progress-db";
import { native } from "hive-progress-db/lock/native";
import { lockCases } from "hive-progress-db/testing";

const say = (line) => writeSync(1, `${line}\n`);
const [task, path, workerId] = process.argv.slice(2);
const tasks = {
  /** The conformance cases, each on a database of its own beside `path`. */
  async cases() {
    const { writeFileSync } = await import("node:fs");
    for (const [index, each] of lockCases.entries()) {
      const database = `${path}-${index}`;
      for (const name of [database, `${database}-other`]) writeFileSync(name, "");
      await each.run({ adapter: native(), path: database });
      say(each.name);
    }
  },
  /** Claims until nothing is left; says each id. */
  async claim() {
    const db = await openProgressDb(path, { lock: native(), timeoutMs: 30_000 });
    say("ready");
    await once(process.stdin, "data");
    for (let claim; (claim = await db.claimTask({ workerId })) !== null; ) say(claim.id);
    await db.close();
  },
  /** Stays in the middle of a transaction whose pages are partly in the file, until it is killed. */
  async hold() {
    const db = await openProgressDb(path, { lock: native() });
    await db.transaction((sql) => {
      sql.run("UPDATE tasks SET goal = 'torn' || hex(zeroblob(100000))");
      sql.run("UPDATE tasks SET worker_id = 'torn'");
      say("inside");
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    });
  },
  /** Tries to claim; says the error. */
  async busy() {
    const db = await openProgressDb(path, { lock: native(), timeoutMs: 1000 });
    say("ready");
    await once(process.stdin, "data");
    const error = await db.claimTask({ workerId: "w" }).then(() => new Error("claimed"), (reason) => reason);
    say(JSON.stringify({ code: error.code, message: error.message, holder: error.details?.holder }));
    await db.close();
  },
};
await tasks[task]();
process.exit(0); // Deno would wait for its standard input to end.
