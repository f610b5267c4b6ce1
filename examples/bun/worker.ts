// A worker on Bun. Start several, on any of the runtimes; no two get the same task.
//
//   bun examples/bun/worker.ts COLONY [WORKER_ID]
import { type Claim, isProgressDbError, openProgressDb } from "hive-progress-db";

const [colony = ".", workerId = `bun-${process.pid}`] = process.argv.slice(2);
await using db = await openProgressDb(`${colony}/data/progress.db`);

for (let claim: Claim | null; (claim = await db.claimTask({ workerId })) !== null;) {
  try {
    await work(claim);
    process.stdout.write(`${workerId} did: ${claim.goal}\n`);
  } catch (error) {
    if (isProgressDbError(error) && error.code === "CLAIM_LOST") continue; // Another worker has it now.
    if (isProgressDbError(error)) throw error; // The ledger itself is in trouble.
    await db.failTask(claim, { error: (error as Error).message });
    process.stdout.write(`${workerId} failed: ${claim.goal}: ${(error as Error).message}\n`);
  }
}

async function work(claim: Claim): Promise<void> {
  await db.startTask(claim);
  const { text } = JSON.parse(claim.payload!) as { text: string };
  for (const step of claim.steps) {
    if (step.status === "done") continue; // By a worker before us, who died later on.
    await db.startStep(claim, step.seq);
    await db.completeStep(claim, step.seq, { evidence: evidenceFor(step.title, text) });
  }
  await db.checkOffSopItem(claim, "not-empty", { note: `begins with "${text.split(" ", 1)[0]}"` });
  await db.completeTask(claim); // Refused while a required gate is open.
}

function evidenceFor(title: string, text: string): string {
  if (text === "") throw new Error("there is no text to count");
  return title === "Count the letters" ? `${text.match(/\p{L}/gu)?.length ?? 0} letters` : `${text.split(" ").length} words`;
}
