import { setFlagsFromString } from "node:v8";

/** Bytes of WebAssembly that a function runs before V8 optimises it: many times the default, yet soon reached by a long query. */
const TIERING_BUDGET = 100_000_000;

/**
 * Asks V8 to put off optimising the engine. It does so in the background, but a
 * process that ends has to wait for it: a command of a few milliseconds would pay
 * 90 for code that it never runs. Before the engine is loaded, in Node only.
 */
export function expectShortLife(): void {
  if ("Deno" in globalThis || process.versions["bun"] !== undefined) return;
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
}
