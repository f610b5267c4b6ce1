import { ProgressDbError } from "../errors.ts";
import { Heap } from "./heap.ts";
import { SQL_JS_VERSION, type InitSqlJs, type SqlJsModule } from "./sql-js.ts";
import { Vfs } from "./vfs.ts";
import type { WasmModules, WasmSource } from "./wasm-source.ts";

/** sql.js, loaded once per process, with our VFS in the place of its own. */
export interface Engine {
  readonly api: SqlJsModule;
  readonly heap: Heap;
  readonly vfs: Vfs;
}

let loaded: Promise<Engine> | undefined;

/**
 * Loads sql.js from the bytes in our own bundle, or from `wasm`; later calls
 * share the first one's engine. Throws ENGINE_MISMATCH when the VFS cannot be placed.
 */
export function loadEngine(wasm?: WasmSource): Promise<Engine> {
  loaded ??= load(wasm).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(wasm: WasmSource | undefined): Promise<Engine> {
  const initSqlJs = (await import("sql.js/dist/sql-wasm-browser.js")).default as InitSqlJs;
  const { sqlite, callbacks } = wasm !== undefined && "sqlite" in wasm ? wasm : { sqlite: wasm, callbacks: undefined };
  const compiled = await compile(sqlite ?? (await (await import("./embedded-wasm.ts")).embeddedWasm()));
  let instance: WebAssembly.Instance | undefined;
  const api = await new Promise<SqlJsModule>((resolve, reject) => {
    initSqlJs({
      useOldExtensionFunctions: false,
      noFSInit: true, // No standard streams: nothing reads or prints through them.
      instantiateWasm(imports, done) {
        const start = async (): Promise<void> => {
          instance = await WebAssembly.instantiate(compiled, imports);
          done(instance, compiled);
        };
        start().catch(reject);
        return {}; // Tells sql.js to wait for `done`.
      },
    }).then(resolve, reject);
  });
  const exported = Object.values(instance?.exports ?? {});
  const memory = exported.find((item) => item instanceof WebAssembly.Memory);
  const table = exported.find((item) => item instanceof WebAssembly.Table);
  if (memory === undefined || table === undefined) {
    throw new ProgressDbError("ENGINE_MISMATCH", "the loaded sql.js exports no memory or function table", {
      hint: `use sql.js ${SQL_JS_VERSION}`,
    });
  }
  const heap = new Heap(memory);
  return { api, heap, vfs: new Vfs(api, heap, table, callbacks) };
}

async function compile(wasm: Exclude<WasmSource, WasmModules>): Promise<WebAssembly.Module> {
  return wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
}
