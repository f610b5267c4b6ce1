// workerd.mjs: into out/, as wrangler does it: the wasm stays a module of its own, beside the script.
import { copyFileSync } from "node:fs";
import { build } from "esbuild";

await build({
  entryPoints: ["workerd.js"], bundle: true, format: "esm", platform: "neutral", conditions: ["workerd", "worker"], outdir: "out",
  plugins: [{
    name: "wasm-module",
    setup(plugin) {
      plugin.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: path.replace("hive-progress-db/", "./"), external: true }));
    },
  }],
});
for (const name of ["sql-wasm.wasm", "callbacks.wasm"]) copyFileSync(`node_modules/hive-progress-db/dist/${name}`, `out/${name}`);
