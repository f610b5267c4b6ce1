import type { LockAdapter } from "../lock/lock.ts";
import type { Persistence } from "../persistence/persistence.ts";
import type { Engine } from "../sqlite/engine.ts";
import { Database, type DatabaseOptions } from "./database.ts";

/**
 * The databases open in this process. Handles that open one alike share its
 * queue and its connection: they wait in one line, and commit together.
 */
interface Entry {
  readonly key: Key;
  readonly database: Database;
  handles: number;
}

type Key = readonly [path: string, persistence: Persistence, lock: LockAdapter, durability: string, isVouched: boolean];

const entries: Entry[] = [];

export interface SharedDatabase {
  readonly database: Database;
  /** Ends this use; the last one closes the database. */
  release(): Promise<void>;
}

export function shareDatabase(engine: Engine, path: string, options: DatabaseOptions): SharedDatabase {
  const key: Key = [path, options.persistence, options.lock, options.durability, options.isVouched];
  let entry = entries.find((each) => each.key.every((part, index) => part === key[index]));
  if (entry === undefined) {
    entry = { key, database: new Database(engine, path, options), handles: 0 };
    entries.push(entry);
  }
  const shared = entry;
  shared.handles++;
  return {
    database: shared.database,
    async release() {
      if (--shared.handles > 0) return;
      entries.splice(entries.indexOf(shared), 1);
      await shared.database.close();
    },
  };
}
