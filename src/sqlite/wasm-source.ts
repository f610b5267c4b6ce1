/** A compiled `WebAssembly.Module`, also for programs whose TypeScript does not know that name: Node's types do not have it. */
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;

/** The wasm, for those who keep it out of the bundle. It must be sql.js's own, of the pinned release. */
export type WasmSource = WasmModule | ArrayBuffer | Uint8Array<ArrayBuffer>;
