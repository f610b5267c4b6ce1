import { ProgressDb } from "../progress-db.ts";
import type { OpenOptions } from "../types.ts";
import { onRealFiles } from "./real-files.ts";

/**
 * Opens a colony's database; `ensureProgressDb` makes one. Reads its header and
 * schema version, so that what is not a database is refused here.
 *
 * Throws NOT_FOUND (no file, or no ledger in it), CORRUPT, READ_ONLY, BUSY,
 * NATIVE_CLIENTS, ENGINE_MISMATCH, IO.
 */
export async function openProgressDb(dbPath: string, options: OpenOptions = {}): Promise<ProgressDb> {
  return ProgressDb.open(dbPath, onRealFiles(options));
}
