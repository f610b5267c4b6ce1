// rollup.mjs browser|node: into out/.
import nodeResolve from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";

const isBrowser = process.argv[2] === "browser";
const bundle = await rollup({
  input: isBrowser ? ["page.js", "worker.js"] : ["on-files.js"],
  plugins: [nodeResolve({ browser: isBrowser })],
  external: isBrowser ? [] : [/^node:/],
  onwarn(warning) {
    throw new Error(warning.message);
  },
});
await bundle.write({ dir: "out", format: "es" });
