// Each round, enters the lock once and looks for company. Company is a second holder.
import { appendFileSync, closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { openProgressDb } from "hive-progress-db";

const [dbPath, name] = process.argv.slice(2);
const [marker, log] = [`${dbPath}-inside`, `${dbPath}-log`];
const db = await openProgressDb(dbPath, { timeoutMs: 10_000, durability: "process" });
const enter = (round) => db.transaction((sql) => {
  closeSync(openSync(marker, "wx"));
  appendFileSync(log, `${round} enter ${name}\n`);
  sql.run("UPDATE colony_meta SET value = value + 1 WHERE key = 'entries'");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // Time for others to come in.
  appendFileSync(log, `${round} leave ${name}\n`);
  unlinkSync(marker);
});
writeSync(1, "ready\n");
for await (const round of createInterface({ input: process.stdin })) {
  const outcome = await enter(round).then(() => "entered", (error) => `${error.code}: ${error.message}`);
  writeSync(1, `${round} ${outcome}\n`);
}
await db.close();
