import { systemClock } from "./clock.ts";
import { setGateTrigger } from "./ledger/gate-trigger.ts";
import { reclaimStale, STALE_AFTER_MINUTES } from "./ledger/reclaim.ts";
import { SCHEMA_VERSION } from "./ledger/schema-version.ts";
import { migrate } from "./ledger/schema.ts";
import { assertTables } from "./ledger/tables.ts";
import { ProgressDb, type ConnectOptions } from "./progress-db.ts";
import type { EnsureOptions } from "./types.ts";

/** Creates or migrates a database and gives stale claims back; returns its canonical path. */
export async function ensureLedger(dbPath: string, options: ConnectOptions & EnsureOptions): Promise<string> {
  const { clock = systemClock, enforceGates, logger } = options;
  const db = await ProgressDb.connect(dbPath, options, { create: true });
  try {
    const { isNew, reclaimed } = await db.write((sql) => {
      assertTables(sql);
      const migrated = migrate(sql, clock);
      if (enforceGates !== undefined) setGateTrigger(sql, clock, enforceGates);
      return { isNew: migrated, reclaimed: reclaimStale(sql, clock, STALE_AFTER_MINUTES) };
    });
    if (isNew) logger?.info(`progress.db: made schema version ${SCHEMA_VERSION} at ${db.path}`);
    if (reclaimed > 0) logger?.info(`progress.db: gave ${reclaimed} stale claims back at ${db.path}`);
    return db.path;
  } finally {
    await db.close();
  }
}
