import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** What processes leave beside a database, made without their help: see `src/lock/owners.ts`. */

export interface Facts {
  pid: number;
  host: string;
  startTime: string;
  bootId: string;
  pidNamespace: string;
}

/** The facts of a process that was alive a moment ago. */
export async function deadProcess(): Promise<Facts> {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  const facts = factsOf(child.pid!);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.on("exit", resolve));
  return facts;
}

export function factsOf(pid: number): Facts {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return {
    pid,
    host: hostname(),
    startTime: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]!,
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    pidNamespace: readlinkSync("/proc/self/ns/pid"),
  };
}

/** The lock's files beside a database. */
export class Remains {
  readonly lock: string;
  readonly owners: string;

  constructor(dbPath: string) {
    this.lock = `${dbPath}.lock`;
    this.owners = `${dbPath}.lock-owners`;
  }

  /** Writes a process's facts under a token of its own, linked under the given names; returns the token. */
  owner(facts: Facts, ...names: string[]): string {
    const token = randomUUID();
    mkdirSync(this.owners, { recursive: true });
    writeFileSync(join(this.owners, token), `${JSON.stringify({ token, since: new Date().toISOString(), ...facts })}\n`);
    for (const name of names) linkSync(join(this.owners, token), join(this.owners, name));
    return token;
  }

  /** The same, and gives it the lock. */
  holder(facts: Facts): string {
    const token = this.owner(facts);
    linkSync(join(this.owners, token), this.lock);
    return token;
  }

  /** The lock as SQLite's `unix-dotfile` makes it. */
  nativeLock(): void {
    mkdirSync(this.lock, { mode: 0o755 });
  }
}
