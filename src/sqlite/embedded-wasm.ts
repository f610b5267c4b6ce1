/** sql.js's wasm from our own bundle: a chunk that is loaded only when it is asked for. */
export async function embeddedWasm(): Promise<Uint8Array<ArrayBuffer>> {
  const { default: base64 } = await import("sql.js/dist/sql-wasm-browser.wasm");
  if ("fromBase64" in Uint8Array) {
    return (Uint8Array as unknown as { fromBase64(text: string): Uint8Array<ArrayBuffer> }).fromBase64(base64);
  }
  if ("Buffer" in globalThis) return new Uint8Array(Buffer.from(base64, "base64")); // Ten times as fast as what follows.
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
