// Claims tasks until none is left; says each id.
import { writeSync } from "node:fs";
import { once } from "node:events";
import { openProgressDb } from "hive-progress-db";

const [dbPath, workerId] = process.argv.slice(2);
const db = await openProgressDb(dbPath, { timeoutMs: 20_000 });
writeSync(1, "ready\n");
await once(process.stdin, "data");
for (let claim; (claim = await db.claimTask({ workerId })) !== null; ) writeSync(1, `${claim.id}\n`);
await db.close();
process.stdin.destroy();
