/**
 * The same as `hive-progress-db/browser`, without the wasm inside: every call
 * that opens a database must be given `wasm`. See `hive-progress-db/slim`.
 * @module
 */
export * from "../browser.ts";
