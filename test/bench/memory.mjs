import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withColony } from "./tools.mjs";

const script = fileURLToPath(new URL("memory-probe.mjs", import.meta.url));

/** How much a process grows by opening a large database and claiming from it. */
export async function* memory() {
  yield* await withColony(async (path) => {
    execFileSync("sqlite3", [path, `
      CREATE TABLE filler (bytes BLOB);
      INSERT INTO filler WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT randomblob(1000000) FROM n;
      INSERT INTO tasks (id, goal, created_at, updated_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        SELECT lower(hex(randomblob(16))), 'task ' || i, '2026', '2026' FROM n`]);
    const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
    const growth = Number(execFileSync(process.execPath, ["--expose-gc", script, path], { encoding: "utf8" }));
    return [`${megabytes(statSync(path).size)} MB database, opened and claimed from 100 times: resident memory grew by ${megabytes(growth)} MB`];
  });
}
