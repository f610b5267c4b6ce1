/**
 * What went wrong, as a word that never changes between releases.
 * Messages may be reworded; programs branch on the code.
 */
export type ErrorCode =
  | "INVALID_INPUT"
  | "NOT_FOUND"
  | "BUSY"
  | "CLAIM_LOST"
  | "SOP_OPEN"
  | "READ_ONLY"
  | "CORRUPT"
  | "NEWER_SCHEMA"
  | "ENGINE_MISMATCH"
  | "NATIVE_CLIENTS"
  | "CLOSED"
  | "IO";

export interface ErrorOptions {
  /** What the reader can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Facts for programs: the place in the input, the lock's holder, the open gates. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class of this library. */
export class ProgressDbError extends Error {
  override readonly name = "ProgressDbError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? "";
    this.details = options.details ?? {};
  }
}

export function invalid(place: string, problem: string, cause?: unknown): ProgressDbError {
  return new ProgressDbError("INVALID_INPUT", `${place}: ${problem}`, {
    hint: "correct the input; nothing was written",
    details: { place },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** True for this library's errors, also when two copies of it are loaded. */
export function isProgressDbError(error: unknown): error is ProgressDbError {
  return error instanceof Error && error.name === "ProgressDbError" && "code" in error;
}

/** The `code` of a system error such as `ENOENT`, if it has one. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

/** An error as the system would throw it, for what finds out by itself. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
