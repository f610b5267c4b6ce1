import { ProgressDbError } from "../errors.ts";

/** The C library's file locks, through the runtime's own foreign function interface: nothing to install or compile. */

/** Each returns -1 on failure, as in C. */
export interface Libc {
  /** `path` ends with a NUL. */
  open(path: Uint8Array, flags: number, mode: number): number;
  /** With a `struct flock` as its argument. */
  fcntl(fd: number, command: number, flock: Uint8Array): number;
  close(fd: number): number;
}

type Dlopen = (name: string, functions: Record<string, object>) => object;

/** glibc, then musl as Alpine names it. */
const NAMES = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];

let loaded: Libc | undefined;

/** Throws INVALID_INPUT where there is no such interface, or no leave to use it. */
export function libc(): Libc {
  return (loaded ??= load());
}

function load(): Libc {
  // `fcntl` takes variable arguments, and the numbers in `struct flock` differ: Linux on these machines is what we know.
  if (process.platform !== "linux" || (process.arch !== "x64" && process.arch !== "arm64")) {
    throw unavailable(`${process.platform} on ${process.arch} is not supported`);
  }
  const open = opener();
  if (open === undefined) throw unavailable(`Node ${process.version} has no node:ffi`);
  let failure: unknown;
  for (const name of NAMES) {
    try {
      return open(name);
    } catch (error) {
      failure ??= error;
    }
  }
  throw unavailable((failure as Error).message, failure);
}

/** Each runtime has its own words for the same thing. */
function opener(): ((name: string) => Libc) | undefined {
  const signatures = { open: ["pointer", "int", "int"], fcntl: ["int", "int", "pointer"], close: ["int"] } as const;
  const described = (pointer: string, args: string, result: string): Record<string, object> =>
    Object.fromEntries(Object.entries(signatures).map(([name, types]) => [name, {
      [args]: types.map((type) => (type === "pointer" ? pointer : "i32")), [result]: "i32",
    }]));
  const deno = (globalThis as { Deno?: { dlopen?: Dlopen } }).Deno;
  if (deno?.dlopen !== undefined) {
    const { dlopen } = deno;
    return (name) => (dlopen(name, described("buffer", "parameters", "result")) as { symbols: Libc }).symbols;
  }
  const bun = builtin("bun:ffi");
  if (bun !== undefined) return (name) => (bun.dlopen(name, described("ptr", "args", "returns")) as { symbols: Libc }).symbols;
  const node = builtin("node:ffi");
  if (node !== undefined) return (name) => (node.dlopen(name, described("buffer", "arguments", "return")) as { functions: Libc }).functions;
  return undefined;
}

/** Asked for by name at run time, so that bundlers and older runtimes need not know the module. */
function builtin(name: string): { dlopen: Dlopen } | undefined {
  return process.getBuiltinModule?.(name as "fs") as unknown as { dlopen: Dlopen } | undefined;
}

function unavailable(why: string, cause?: unknown): ProgressDbError {
  return new ProgressDbError("INVALID_INPUT", `the native lock cannot be had here: ${why}`, {
    hint: "it needs Linux, and Node 26.1 or later, Bun, or Deno with --allow-ffi; elsewhere use the dotfile lock",
    ...(cause === undefined ? {} : { cause }),
  });
}
