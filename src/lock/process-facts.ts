import { readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { errnoOf } from "../errors.ts";

/**
 * Who a process is, written down so that others can prove it dead. Age is never
 * proof: a stopped or sleeping process is alive. Proof is that the same kernel,
 * asked in the same process namespace, no longer knows the process.
 */
export interface ProcessFacts {
  readonly pid: number;
  /** The host's name; where it may not be read, `unknown`, which is nobody's. */
  readonly host: string;
  /** When the process started, in kernel ticks since boot: tells a reused pid from the process itself. */
  readonly startTime?: string;
  /** Which run of the kernel: `/proc/sys/kernel/random/boot_id`. */
  readonly bootId?: string;
  /** Which process namespace: containers of one host have pids of their own. */
  readonly pidNamespace?: string;
}

/** File systems that one kernel mounts alone, by `statfs` magic (ext, xfs, btrfs, f2fs, tmpfs): a holder from another boot is gone. */
const LOCAL_FILE_SYSTEMS = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994]);

const UNKNOWN_HOST = "unknown";

let own: ProcessFacts | undefined;

export function ownFacts(): ProcessFacts {
  own ??= {
    pid: process.pid,
    host: orUndefined(() => hostname()) ?? UNKNOWN_HOST,
    ...optional("startTime", startTimeOf("self")),
    ...optional("bootId", bootId()),
    ...optional("pidNamespace", pidNamespace()),
  };
  return own;
}

/** True only on proof. `path` lies on the file system that holds the facts. */
export function isProvenDead(facts: ProcessFacts, path: string): boolean {
  const me = ownFacts();
  if (facts.host !== me.host || me.host === UNKNOWN_HOST) return false;
  if (me.bootId === undefined) return process.platform !== "linux" && !answersSignals(facts.pid);
  if (facts.bootId === undefined || facts.pidNamespace === undefined || facts.startTime === undefined) return false;
  if (facts.bootId !== me.bootId) return isLocal(path);
  if (facts.pidNamespace !== me.pidNamespace || !seesAllProcesses()) return false;
  return startTimeOf(facts.pid) !== facts.startTime;
}

/** Field 22 of `/proc/PID/stat`; `undefined` when there is no such process, or only its remains (a zombie). */
function startTimeOf(pid: number | "self"): string | undefined {
  return orUndefined(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the command in parentheses, and may itself contain any character.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  });
}

function bootId(): string | undefined {
  return orUndefined(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
}

function pidNamespace(): string | undefined {
  return orUndefined(() => readlinkSync("/proc/self/ns/pid"));
}

/** Mounted with `hidepid`, /proc hides other users' processes: then an absent entry proves nothing. */
function seesAllProcesses(): boolean {
  return orUndefined(() => statSync("/proc/1")) !== undefined;
}

function isLocal(path: string): boolean {
  const type = orUndefined(() => statfsSync(path).type);
  return type !== undefined && LOCAL_FILE_SYSTEMS.has(type);
}

/** Where there is no /proc (macOS, Windows): signal 0 asks whether the pid is in use, by whomever. */
function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== "ESRCH";
  }
}

function orUndefined<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined; // Not there, or not ours to see (Deno without --allow-all): a fact we do without.
  }
}

function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: string };
}
