// Prints by how many bytes this process's resident memory grew by opening a database and claiming from it.
import { openProgressDb } from "hive-progress-db";

globalThis.gc();
const before = process.memoryUsage.rss();
const db = await openProgressDb(process.argv[2]);
for (let i = 0; i < 100; i++) await db.claimTask({ workerId: "probe" });
globalThis.gc();
process.stdout.write(String(process.memoryUsage.rss() - before));
await db.close();
