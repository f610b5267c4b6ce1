import { readFileSync, statSync } from "node:fs";
import { errnoOf } from "../errors.ts";
import type { ProcessFacts } from "./process-facts.ts";

/** Who holds a lock file; complete before the lock can show it. */
export interface OwnerFacts extends ProcessFacts {
  readonly token: string;
  /** When this handle was opened, ISO 8601. */
  readonly since: string;
  /** Somebody broke the lock by force: to us its holder counts as dead. */
  readonly isBroken?: boolean;
}

/** Facts are far shorter. */
const FACTS_BYTES = 4096;

/** `undefined` when there is no such file, or no facts in it. */
export function readFacts(path: string): OwnerFacts | undefined {
  try {
    // A pipe in its place would keep us waiting for ever, and a device has no end.
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size > FACTS_BYTES) return undefined;
    const facts = JSON.parse(readFileSync(path, "utf8")) as Partial<OwnerFacts> | null;
    const isComplete = typeof facts?.token === "string" && /^[\w-]+$/.test(facts.token)
      && typeof facts.pid === "number" && typeof facts.host === "string";
    return isComplete ? (facts as OwnerFacts) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
