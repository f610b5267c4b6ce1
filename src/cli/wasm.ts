import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * SQLite's wasm from the file that the package has beside its scripts: faster than
 * the copy in the bundle, which is text. `undefined` where there is no such file (in
 * a compiled binary) and in Deno, which would ask its user for leave to read it.
 */
export function wasmBesideUs(): WebAssembly.Module | undefined {
  if ("Deno" in globalThis) return undefined;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(join(import.meta.dirname, "../sql-wasm.wasm")));
  } catch {
    return undefined;
  }
  return new WebAssembly.Module(bytes);
}
