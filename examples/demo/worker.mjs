import { openProgressDb } from "hive-progress-db";
import { examine } from "./examine.mjs";

// node worker.mjs DATABASE WORKER_ID: works through the queue until it is empty.
const [dbPath, workerId] = process.argv.slice(2);

const db = await openProgressDb(dbPath);
try {
  while (process.connected !== false) { // Without its queen a worker ends with the task in hand.
    const claim = await db.claimTask({ workerId });
    if (claim === null) break;
    process.send?.({ claimed: claim.id }, () => {}); // She may want to know whom to kill, or be gone this moment.
    await work(claim);
  }
} finally {
  await db.close();
}

async function work(claim) {
  await db.startTask(claim);
  const findings = examine(JSON.parse(claim.payload).folder);
  for (const step of claim.steps) {
    // A worker before us may have died after this step: then its evidence stands, and we only catch up.
    const isDone = step.status === "done";
    if (!isDone) await db.startStep(claim, step.seq);
    let finding;
    try {
      finding = (await findings.next()).value;
    } catch (problem) {
      // The package's trouble, not ours: it ends the task, and the required gates stay open.
      await Promise.all([
        db.failStep(claim, step.seq, { evidence: problem.message }),
        db.failTask(claim, { error: problem.message }),
      ]);
      return;
    }
    // Asked for together, they share one transaction, and one wait for the disk.
    await Promise.all([
      isDone || db.completeStep(claim, step.seq, { evidence: finding.evidence }),
      finding.gate && db.checkOffSopItem(claim, finding.gate, { note: finding.note }),
    ]);
  }
  await db.completeTask(claim);
}
