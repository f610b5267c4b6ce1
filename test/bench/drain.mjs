// One racer: waits for a line on stdin, then claims and completes until nothing is left. Prints how many.
import { once } from "node:events";
import { openProgressDb } from "hive-progress-db";

const [path, workerId] = process.argv.slice(2);
const db = await openProgressDb(path, { timeoutMs: 60_000 });
process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdin.destroy();
let done = 0;
for (let claim; (claim = await db.claimTask({ workerId })) !== null; done++) await db.completeTask(claim);
await db.close();
process.stdout.write(`${done}\n`);
