import type { HealthCheck } from "../ledger/health.ts";
import { dotfile } from "../lock/dotfile.ts";
import { nodeFile } from "../persistence/node-file.ts";
import { inspectWal, type WalReport } from "../sqlite/inspect-wal.ts";
import { spoken } from "./usage.ts";

/** What `doctor` sees beside the database: its `-wal` and its lock. The ledger's own rules are in src/ledger/health-rules.ts. */

/** Looks without opening the database. Throws NOT_FOUND. */
export function checkFiles(dbPath: string): HealthCheck[] {
  const persistence = nodeFile();
  const wal = inspectWal(persistence, dbPath);
  const path = persistence.resolve(dbPath);
  const lock = dotfile().open(path);
  const holder = lock.holder();
  lock.close();
  const locked = holder?.isDead !== true && holder !== undefined;
  return [
    check("wal_sidecar", wal.state === "torn" ? "error" : "warning", walRemarks(wal),
      "the database is in WAL mode: whoever copies or opens it without its -wal misses the newest commits",
      "close every native client, then run any command that writes, such as colony init: it merges the -wal and leaves WAL mode"),
    check("dead_lock", "warning", holder?.isDead === true ? [holder.description] : [],
      "a lock left by a process that died: native clients cannot get in",
      "nothing: the first command that opens the database takes it over, as this one did"),
    check("locked", "error", locked ? [holder.description] : [],
      "somebody holds the lock",
      locked ? `wait; if the holder will never come back, make sure that it is gone, then ${spoken(holder.wayOut)}` : "wait"),
  ];
}

function walRemarks(wal: WalReport): string[] {
  switch (wal.state) {
    case "rollback": return [];
    case "missing": return ["there is no -wal: either all is merged, or it was left behind"];
    case "merged": return [`${wal.frames} pages of ${wal.commits} commits are in the -wal`];
    case "torn": return [`the -wal is damaged at frame ${wal.stop.frame} (${wal.stop.reason}); ${wal.frames} pages of ${wal.commits} commits before it count`];
  }
}

function check(id: string, severity: HealthCheck["severity"], remarks: string[], what: string, fix: string): HealthCheck {
  return { id, severity, what, fix, of: "file", count: remarks.length, ids: remarks };
}
