/**
 * The same as `hive-progress-db`, without the wasm inside: every call that opens
 * a database must be given `wasm`, which `hive-progress-db/sql-wasm.wasm` holds.
 * For bundles that keep the wasm as a file of its own, and for runtimes that
 * compile no bytes.
 * @module
 */
export * from "./index.ts";
