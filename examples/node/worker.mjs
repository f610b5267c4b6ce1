// A worker: claims tasks until there are none. Start several; no two get the same task.
//
//   node examples/node/worker.mjs COLONY [WORKER_ID]
import { join } from "node:path";
import { isProgressDbError, openProgressDb } from "hive-progress-db";

const [colony = ".", workerId = `node-${process.pid}`] = process.argv.slice(2);
const db = await openProgressDb(join(colony, "data", "progress.db"));

for (let claim; (claim = await db.claimTask({ workerId })) !== null;) {
  try {
    await work(claim);
    process.stdout.write(`${workerId} did: ${claim.goal}\n`);
  } catch (error) {
    if (isProgressDbError(error) && error.code === "CLAIM_LOST") continue; // Another worker has it now.
    if (isProgressDbError(error)) throw error; // The ledger itself is in trouble.
    await db.failTask(claim, { error: error.message });
    process.stdout.write(`${workerId} failed: ${claim.goal}: ${error.message}\n`);
  }
}
await db.close();

async function work(claim) {
  await db.startTask(claim);
  const { text } = JSON.parse(claim.payload);
  for (const step of claim.steps) {
    if (step.status === "done") continue; // By a worker before us, who died later on.
    await db.startStep(claim, step.seq);
    await db.completeStep(claim, step.seq, { evidence: evidenceFor(step.title, text) });
  }
  await db.checkOffSopItem(claim, "not-empty", { note: `begins with "${text.split(" ", 1)[0]}"` });
  await db.completeTask(claim); // Refused while a required gate is open.
}

function evidenceFor(title, text) {
  if (text === "") throw new Error("there is no text to count");
  return title === "Count the letters" ? `${text.match(/\p{L}/gu).length} letters` : `${text.split(" ").length} words`;
}
