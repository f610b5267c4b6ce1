import { setFlagsFromString } from "node:v8";

/** Bytes of WebAssembly that a function runs before V8 optimises it: a long query gets there in a second. */
const TIERING_BUDGET = 1_000_000_000;

/**
 * Asks V8 to put off optimising the engine. It does so in the background, but a
 * process that ends has to wait for it: a command of a few milliseconds would pay
 * 90 for code that it never runs. Before the engine is loaded, in Node only.
 */
export function expectShortLife(): void {
  if ("Deno" in globalThis || process.versions["bun"] !== undefined) return;
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
}
