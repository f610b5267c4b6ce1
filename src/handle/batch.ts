import { ProgressDbError } from "../errors.ts";
import { SCHEMA_VERSION } from "../ledger/schema-version.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Operation } from "./operation.ts";

/** One transaction for several operations: each in a savepoint, so that one that fails leaves the others alone. */

/** Begins the transaction the batch needs; BUSY when the lock is not to be had. */
export function begin(connection: Connection, batch: readonly Operation[]): void {
  // Exclusively, not IMMEDIATE: else the COMMIT could meet a reader, and what ran would have to run again.
  connection.run(batch.some((operation) => operation.kind === "write") ? "BEGIN EXCLUSIVE" : "BEGIN");
  try {
    schemaVersion(connection); // A plain BEGIN takes no lock; the first read does.
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

/** Runs each operation and commits; one that throws is rejected alone. Throws when the transaction itself is lost. */
export function run(connection: Connection, batch: readonly Operation[]): void {
  const isNewer = schemaVersion(connection) > SCHEMA_VERSION;
  for (const operation of batch) {
    if (isNewer && operation.kind === "write") {
      operation.reject(newerSchema(schemaVersion(connection)));
      continue;
    }
    connection.run("SAVEPOINT operation");
    try {
      operation.run(connection);
    } catch (error) {
      if (!connection.isInTransaction()) throw error; // SQLite has rolled back all of it, as `RAISE(ROLLBACK)` in a trigger asks.
      connection.assertHeld(); // Without the lock we may have read torn pages, and the error be about those.
      try {
        connection.run("ROLLBACK TO operation");
      } catch {
        throw error; // SQLite has rolled back the whole transaction: the disk is full, or failing.
      }
      operation.reject(error);
    }
    connection.run("RELEASE operation");
  }
  connection.assertHeld();
  const hasWritten = batch.some((operation) => operation.kind === "write" && !operation.isRejected);
  // A commit would change the file, if only to restore what a rejected operation had touched.
  if (hasWritten) connection.commit();
  else connection.run("ROLLBACK");
}

export function rollBack(connection: Connection): void {
  try {
    connection.run("ROLLBACK");
  } catch {
    // There is nothing left to roll back.
  }
}

export function schemaVersion(connection: Connection): number {
  return connection.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
}

function newerSchema(version: number): ProgressDbError {
  return new ProgressDbError("NEWER_SCHEMA", `the database has schema version ${version}; this release writes version ${SCHEMA_VERSION}`, {
    hint: "update hive-progress-db; reading works as before",
    details: { version, supported: SCHEMA_VERSION },
  });
}
