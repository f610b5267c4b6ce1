import { isProgressDbError } from "../errors.ts";
import { exitOf, type CliErrorCode } from "./exit-codes.ts";

/** An error of the command line's own, with a code that the library does not have. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: CliErrorCode, message: string, hint: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

/** The command line is wrong. */
export function usage(message: string, hint = "colony help shows how"): CliError {
  return new CliError("USAGE", message, hint);
}

export interface Failure {
  readonly code: CliErrorCode;
  readonly exit: number;
  readonly message: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The library speaks of its functions; here they are commands and flags. */
const SPOKEN: readonly (readonly [string, string])[] = [
  ["ensureProgressDb creates", "colony init makes"],
  ["listTasks shows", "colony list shows"],
  ["checkOffSopItem", "colony gate done"],
  ["wait longer with timeoutMs", "wait longer with --timeout"],
  ["call breakLock(path) of hive-progress-db/lock/dotfile; or remove", "remove"],
  ["pass nativeClients: \"none\"", "pass --no-native-clients"],
];

export function spoken(text: string): string {
  return SPOKEN.reduce((said, [library, command]) => said.replaceAll(library, command), text);
}

/** Whatever was thrown, with its code and its exit code. */
export function asFailure(error: unknown): Failure {
  if (error instanceof CliError || isProgressDbError(error)) {
    const { code, message, details } = error;
    return { code, exit: exitOf(code), message, hint: spoken(error.hint), details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "INTERNAL", exit: 1, message, hint: "this is a defect of colony: please report it", details: {} };
}

/** The known word nearest to a misspelt one, if it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known.map((each) => ({ each, distance: editDistance(word, each) })).sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.each : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
