import { dotfile } from "../lock/dotfile.ts";
import type { LockAdapter } from "../lock/lock.ts";
import { nodeFile } from "../persistence/node-file.ts";
import type { Persistence } from "../persistence/persistence.ts";
import type { OpenOptions } from "../types.ts";

/** One of each for the whole process, so that handles opened with the defaults share a database. */
const defaults = { persistence: nodeFile(), lock: dotfile() };

/** The options with real files and the dotfile lock where nothing else is asked for. */
export function onRealFiles<Options extends Pick<OpenOptions, "persistence" | "lock">>(
  options: Options,
): Options & { persistence: Persistence; lock: LockAdapter } {
  return { ...options, persistence: options.persistence ?? defaults.persistence, lock: options.lock ?? defaults.lock };
}
