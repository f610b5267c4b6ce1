import { readFileSync, readlinkSync, statSync } from "node:fs";
import type { NativeClients } from "./lock.ts";

/** The first process namespace of a Linux kernel (PROC_PID_INIT_INO); only there are all processes in view. */
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

/**
 * Looks in the kernel's table for byte-range locks on a database or its `-shm`.
 * A native client in WAL mode holds one for as long as it is connected, any
 * other while it reads or writes. Without such a table, or from inside a
 * container, which sees only its own processes, an empty answer is no proof.
 */
export function findNativeClients(path: string): NativeClients {
  let table: string;
  let everyone: boolean;
  try {
    table = readFileSync("/proc/locks", "latin1");
    everyone = readlinkSync("/proc/self/ns/pid") === INITIAL_PID_NAMESPACE;
  } catch {
    return "unknown";
  }
  for (const suffix of ["", "-shm"]) {
    const inode = statSync(path + suffix, { bigint: true, throwIfNoEntry: false })?.ino;
    // A line ends "… MAJOR:MINOR:INODE START END"; the device is left out, since layered file systems report another.
    if (inode !== undefined && new RegExp(`:${inode} \\d+ (\\d+|EOF)$`, "m").test(table)) return "live";
  }
  return everyone ? "none" : "unknown";
}
