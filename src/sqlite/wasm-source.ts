/** A compiled `WebAssembly.Module`, also for programs whose TypeScript does not know that name: Node's types do not have it. */
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;

/** For runtimes that compile no bytes, such as Cloudflare's: both of the package's wasm files, compiled. */
export interface WasmModules {
  /** `hive-progress-db/sql-wasm.wasm` */
  readonly sqlite: WasmModule;
  /** `hive-progress-db/callbacks.wasm` */
  readonly callbacks: WasmModule;
}

/** The wasm, for those who keep it out of the bundle. It must be sql.js's own, of the pinned release. */
export type WasmSource = WasmModule | WasmModules | ArrayBuffer | Uint8Array<ArrayBuffer>;
