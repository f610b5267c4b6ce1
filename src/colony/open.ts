import { dotfile } from "../lock/dotfile.ts";
import { nodeFile } from "../persistence/node-file.ts";
import { ProgressDb, type ConnectOptions } from "../progress-db.ts";
import type { OpenOptions } from "../types.ts";

/** One of each for the whole process, so that handles opened with the defaults share a database. */
const defaults = { persistence: nodeFile(), lock: dotfile() };

/** The options with real files and the dotfile lock where nothing else is asked for. */
export function onRealFiles<Options extends Pick<OpenOptions, "persistence" | "lock">>(
  options: Options,
): Options & Pick<ConnectOptions, "persistence" | "lock"> {
  return { ...options, persistence: options.persistence ?? defaults.persistence, lock: options.lock ?? defaults.lock };
}

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
