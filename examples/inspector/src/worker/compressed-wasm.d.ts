declare module "compressed-wasm" {
  /** sql.js's wasm, gzipped, in base64: see build.mjs. */
  const base64: string;
  export default base64;
}
