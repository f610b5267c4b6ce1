import type { ErrorCode } from "../errors.ts";

/** Exit codes: part of the interface, as much as the flags are. They never change between releases. */

export interface Exit {
  readonly exit: number;
  /** The `code` of errors that end so. */
  readonly codes: readonly CliErrorCode[];
  readonly meaning: string;
  /** What a worker's loop does about it. */
  readonly next: string;
}

export type CliErrorCode = ErrorCode | "USAGE" | "NOTHING_TO_CLAIM" | "UNHEALTHY" | "INTERRUPTED" | "TERMINATED" | "INTERNAL";

export const EXITS: readonly Exit[] = [
  { exit: 0, codes: [], meaning: "it worked; an empty list is also a result", next: "go on" },
  {
    exit: 1, codes: ["IO", "NATIVE_CLIENTS", "ENGINE_MISMATCH", "CLOSED", "UNHEALTHY", "INTERNAL"],
    meaning: "it failed; doctor: something is wrong", next: "stop, and tell a person",
  },
  { exit: 2, codes: ["USAGE", "INVALID_INPUT"], meaning: "the command or its input is wrong; nothing was written", next: "correct it: colony help COMMAND" },
  { exit: 3, codes: ["NOTHING_TO_CLAIM"], meaning: "there is nothing to claim", next: "end the loop: the queue is drained" },
  {
    exit: 4, codes: ["CLAIM_LOST"], meaning: "the claim is not yours, or no longer; or the task named is not to be had",
    next: "stop working on that task, write nothing more about it, claim the next",
  },
  { exit: 5, codes: ["BUSY"], meaning: "the lock was not to be had in --timeout; nothing was written", next: "try the same again" },
  { exit: 6, codes: ["SOP_OPEN"], meaning: "required SOP gates are open; they are listed", next: "do what they ask, check them off, then colony done again" },
  { exit: 7, codes: ["NOT_FOUND"], meaning: "no such database, task, step or gate; or the id's beginning fits several", next: "check the path, the id, the key" },
  { exit: 8, codes: ["READ_ONLY"], meaning: "writing was refused", next: "leave out --readonly, or have a person check the file's rights" },
  { exit: 11, codes: ["CORRUPT"], meaning: "not a database, or a damaged one", next: "stop, and tell a person" },
  { exit: 12, codes: ["NEWER_SCHEMA"], meaning: "the ledger was made by a newer release; reading works", next: "update hive-progress-db" },
  { exit: 130, codes: ["INTERRUPTED"], meaning: "interrupted (Ctrl-C); the lock is let go of, nothing half-written", next: "" },
  { exit: 143, codes: ["TERMINATED"], meaning: "terminated; the lock is let go of, nothing half-written", next: "" },
];

export function exitOf(code: CliErrorCode): number {
  return EXITS.find(({ codes }) => codes.includes(code))?.exit ?? 1;
}

/** True when the same command may succeed without anything being changed about it. */
export function isRetryable(exit: number): boolean {
  return exit === 5;
}
