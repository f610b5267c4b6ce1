declare module "sql.js/dist/sql-wasm-browser.wasm" {
  /** The file in base64: see `loader` in tsup.config.ts. */
  const base64: string;
  export default base64;
}

declare module "sql.js/dist/sql-wasm-browser.js" {
  /** Typed where it is used, in sql-js.ts. */
  const initSqlJs: unknown;
  export default initSqlJs;
}
