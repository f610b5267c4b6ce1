// A worker on Deno. It needs the colony's folder and nothing else:
//
//   deno run --allow-read=COLONY --allow-write=COLONY examples/deno/worker.ts COLONY [WORKER_ID]
//
// What is lost without `-A`: Deno shows /proc to nobody else. So a worker that dies in the middle of a
// write cannot be proven dead, nor can this one prove it of others: the next one waits 5 seconds and
// ends with BUSY, which names the lock to remove by hand. With `-A` it takes the lock over by itself.
import process from "node:process";
import { type Claim, isProgressDbError, openProgressDb } from "hive-progress-db";

const [colony = ".", workerId = `deno-${process.pid}`] = process.argv.slice(2);
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
