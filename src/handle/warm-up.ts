import type { Engine } from "../sqlite/engine.ts";

const warm = new WeakSet<Engine>();

/**
 * Rehearses a task's life while there is time: WebAssembly is compiled as it is
 * first run, and that should not happen while a process holds the lock that
 * others are queueing for.
 */
export function warmUp(engine: Engine): void {
  if (warm.has(engine)) return;
  warm.add(engine);
  // Loaded by those who wait only. Without it all works as well, only slower at first.
  import("./rehearsal.ts").then(({ rehearse }) => rehearse(engine)).catch(() => {});
}
