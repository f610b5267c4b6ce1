/** One thing an adapter must do, as data: run it under any test framework, or none. */
export interface Case<Subject> {
  readonly name: string;
  /** What breaks in an adapter that fails it. */
  readonly why: string;
  /** Throws when the adapter fails. */
  run(subject: Subject): void | Promise<void>;
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  assert(Object.is(actual, expected), `${what}: expected ${String(expected)}, got ${String(actual)}`);
}

/** The call must throw a system error with this code. */
export function assertThrows(call: () => unknown, code: string): void {
  try {
    call();
  } catch (error) {
    assertEqual((error as { code?: unknown }).code, code, "the error's code");
    return;
  }
  throw new Error(`expected ${code}, but nothing was thrown`);
}
