// vite.mjs browser|node: into out/.
import { build } from "vite";

const shared = { configFile: false, logLevel: "warn" };

await build(process.argv[2] === "browser"
  ? { ...shared, worker: { format: "es" }, build: { outDir: "out", chunkSizeWarningLimit: 1000 } }
  : { ...shared, ssr: { noExternal: true }, build: { ssr: "on-files.js", outDir: "out", chunkSizeWarningLimit: 1000 } });
