// Works through tasks and adds new ones until it is killed; says each thing it was told is stored.
import { writeSync } from "node:fs";
import { once } from "node:events";
import { ensureProgressDb, openProgressDb } from "hive-progress-db";

const [dbPath, workerId] = process.argv.slice(2);
await ensureProgressDb(`${dbPath}-${workerId}`); // Warm, without having touched the database itself.
const say = (...words) => writeSync(1, `${words.join(" ")}\n`);
say("ready");
await once(process.stdin, "data");
// A killed process loses nothing at any durability.
const durability = ["full", "normal", "process"][Number(workerId.slice(1)) % 3];
const db = await openProgressDb(dbPath, { timeoutMs: 20_000, durability });

async function work() {
  for (;;) {
    const id = await db.enqueueTask("more", { steps: [{ title: "one" }], payload: "x".repeat(Math.random() * 9000) });
    say("enqueued", id);
    const claim = await db.claimTask({ workerId });
    if (claim === null) continue;
    say("claimed", claim.id, claim.claim_token);
    await db.completeStep(claim, 1, { evidence: "seen" });
    say("step", claim.steps[0].id);
    await db.completeTask(claim);
    say("completed", claim.id);
  }
}
/** Rewrites many pages at once: all of them or none. */
async function rewrite() {
  for (let number = 0; ; number++) {
    const mark = `${workerId}-${number}`.padEnd(12);
    await db.transaction((sql) => sql.run("UPDATE tasks SET payload = ? || substr(payload, 13) WHERE source = 'ballast'", [mark]));
    say("rewritten", mark);
  }
}
await Promise.all([work(), work(), rewrite()]);
