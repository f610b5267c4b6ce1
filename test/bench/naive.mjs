import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import initSqlJs from "sql.js";
import { median, seconds, withColony, withDb } from "./tools.mjs";

const MEGABYTES = 100;
const RUNS = 5;
const CLAIMS = 300;
const CLAIM = `UPDATE tasks SET status = 'claimed' WHERE id = (SELECT id FROM tasks WHERE status = 'pending'
  ORDER BY priority DESC, seq, created_at LIMIT 1) RETURNING id`;

/**
 * The obvious use of sql.js, for scale: load the file, run SQL, export the image, write it back, without a lock.
 * Like is compared with like: what survives the process, and what survives a power cut.
 */
const ways = [
  { durability: "process", survives: "the process", write: writeFileSync },
  { durability: "full", survives: "a power cut", write: writeDurably },
];

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
    const lines = [];
    for (const { durability, survives, write } of ways) {
      const whole = [];
      for (let run = 0; run < RUNS; run++) {
        whole.push(await seconds(() => {
          const db = new SQL.Database(readFileSync(path));
          db.exec(CLAIM);
          write(path, db.export());
          db.close();
        }));
      }
      const paged = await withDb(path, { durability }, async (db) => {
        const times = [];
        for (let i = 0; i < CLAIMS; i++) times.push(await seconds(() => db.claimTask({ workerId: "bench" })));
        return times;
      });
      const [naiveCost, cost] = [median(whole), median(paged)];
      lines.push(`${MEGABYTES} MB, surviving ${survives}: load, export and write ${(1 / naiveCost).toFixed(1)} claims/s, `
        + `ours ${(1 / cost).toFixed(0)}/s: ${(naiveCost / cost).toFixed(0)} × as many`);
    }
    const claimed = Number(execFileSync("sqlite3", [path, "SELECT count(*) FROM tasks WHERE status = 'claimed'"], { encoding: "utf8" }));
    if (claimed !== ways.length * (RUNS + CLAIMS)) throw new Error(`claimed ${claimed}`);
    return lines;
  });
}

/** Readers see the old file or the new one, also after a power cut. */
function writeDurably(path, bytes) {
  writeFileSync(`${path}.new`, bytes, { flush: true });
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
