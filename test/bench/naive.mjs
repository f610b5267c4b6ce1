import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import initSqlJs from "sql.js";
import { median, seconds, withColony, withDb } from "./tools.mjs";

const MEGABYTES = 100;
const RUNS = 5;
const CLAIM = `UPDATE tasks SET status = 'claimed' WHERE id = (SELECT id FROM tasks WHERE status = 'pending'
  ORDER BY priority DESC, seq, created_at LIMIT 1) RETURNING id`;

/** The obvious use of sql.js, for scale: load the file, run SQL, export the image, write it back. No lock, no fsync. */
export async function* naive() {
  const SQL = await initSqlJs();
  yield* await withColony(async (path) => {
    execFileSync("sqlite3", [path, `
      CREATE TABLE filler (bytes BLOB);
      INSERT INTO filler WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MEGABYTES})
        SELECT randomblob(1000000) FROM n;
      INSERT INTO tasks (id, goal, created_at, updated_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        SELECT lower(hex(randomblob(16))), 'task ' || i, '2026', '2026' FROM n`]);
    const whole = [];
    for (let run = 0; run < RUNS; run++) {
      whole.push(await seconds(() => {
        const db = new SQL.Database(readFileSync(path));
        db.exec(CLAIM);
        writeFileSync(path, db.export());
        db.close();
      }));
    }
    const paged = await withDb(path, {}, async (db) => {
      const times = [];
      for (let i = 0; i < 300; i++) times.push(await seconds(() => db.claimTask({ workerId: "bench" })));
      return times;
    });
    const claimed = Number(execFileSync("sqlite3", [path, "SELECT count(*) FROM tasks WHERE status = 'claimed'"], { encoding: "utf8" }));
    if (claimed !== RUNS + 300) throw new Error(`claimed ${claimed}`);
    const [naiveCost, cost] = [median(whole), median(paged)];
    return [
      `${MEGABYTES} MB, load, export and write: ${(1 / naiveCost).toFixed(1)} claims/s`,
      `${MEGABYTES} MB, ours, durable: ${(1 / cost).toFixed(0)} claims/s: ${(naiveCost / cost).toFixed(0)} × as many`,
    ];
  });
}
