import { ProgressDbError } from "../errors.ts";

/** Stands in for embedded-wasm.ts in the slim entries: see tsup.config.ts. */
export async function embeddedWasm(): Promise<never> {
  throw new ProgressDbError("INVALID_INPUT", "wasm: the slim entry has none inside", {
    hint: "pass the option wasm, a compiled module or the bytes of hive-progress-db/sql-wasm.wasm, or import hive-progress-db",
    details: { place: "wasm" },
  });
}
