import type { Context } from "./context.ts";
import { usage } from "./usage.ts";

/** Who is asking. */
export function workerOf(context: Context): string {
  const worker = context.text("worker");
  if (worker === undefined || worker === "") throw usage(`${context.spec.name} needs a worker's id`, "give --worker ID, or set COLONY_WORKER");
  return worker;
}
