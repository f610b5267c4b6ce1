import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The pids of those who wait for a database's lock, first come first. */
export function inLine(dbPath: string): number[] {
  const owners = `${dbPath}.lock-owners`;
  return names(owners).filter((name) => name.startsWith("waiting-")).sort().flatMap((name) => {
    try {
      return [(JSON.parse(readFileSync(join(owners, name), "utf8")) as { pid: number }).pid];
    } catch {
      return []; // It was just served.
    }
  });
}

export async function untilInLine(dbPath: string, pid: number): Promise<void> {
  while (!inLine(dbPath).includes(pid)) await sleep(1);
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nobody has the database open.
  }
}
