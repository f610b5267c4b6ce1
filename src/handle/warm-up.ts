import { systemClock } from "../clock.ts";
import { claimNext } from "../ledger/claim.ts";
import { completeTask } from "../ledger/finish.ts";
import { migrate } from "../ledger/schema.ts";
import { prepareTasks, seedTasks } from "../ledger/seed.ts";
import { memory } from "../persistence/memory.ts";
import { Connection } from "../sqlite/connection.ts";
import type { Engine } from "../sqlite/engine.ts";
import { Volume } from "../sqlite/volume.ts";

const warm = new WeakSet<Engine>();

/**
 * Runs a task's life once in memory, where nobody waits: WebAssembly is compiled
 * as it is first run, and that should not happen while a process holds the lock
 * that others are queueing for.
 */
export function warmUp(engine: Engine): void {
  if (warm.has(engine)) return;
  warm.add(engine);
  const persistence = memory();
  const path = "/warm-up";
  persistence.open(path, { create: true }).close();
  const connection = new Connection(engine, new Volume(persistence, path, undefined));
  try {
    connection.run("BEGIN EXCLUSIVE");
    migrate(connection, systemClock);
    seedTasks(connection, systemClock, prepareTasks([{ goal: "warm up" }]), { source: "", ifExists: "error" });
    const claim = claimNext(connection, systemClock, "warm-up");
    if (claim !== null) completeTask(connection, systemClock, claim);
    connection.run("COMMIT");
  } finally {
    connection.close();
  }
}
