import { homedir } from "node:os";
import { join } from "node:path";

/** Where Hive keeps its colonies: `~/.hive/colonies`, or under `HIVE_HOME`. */
export function coloniesFolder(): string {
  return join(process.env["HIVE_HOME"] || join(homedir(), ".hive"), "colonies");
}

/** A colony's database. */
export function databasePath(colonyDir: string): string {
  return join(colonyDir, "data", "progress.db");
}
