import { systemClock } from "../clock.ts";
import { claimNext } from "../ledger/claim.ts";
import { completeTask } from "../ledger/finish.ts";
import { migrate } from "../ledger/schema.ts";
import { prepareTasks, seedTasks } from "../ledger/seed.ts";
import { memory } from "../persistence/memory.ts";
import { Connection } from "../sqlite/connection.ts";
import type { Engine } from "../sqlite/engine.ts";
import { Volume } from "../sqlite/volume.ts";

/** Runs a task's life once in memory, where nobody waits. */
export function rehearse(engine: Engine): void {
  const persistence = memory();
  const path = "/rehearsal";
  persistence.open(path, { create: true }).close();
  const connection = new Connection(engine, new Volume(persistence, path, undefined));
  try {
    connection.run("BEGIN EXCLUSIVE");
    migrate(connection, systemClock);
    seedTasks(connection, systemClock, prepareTasks([{ goal: "rehearse" }]), { source: "", ifExists: "error" });
    const claim = claimNext(connection, systemClock, "rehearsal");
    if (claim !== null) completeTask(connection, systemClock, claim);
    connection.run("COMMIT");
  } finally {
    connection.close();
  }
}
