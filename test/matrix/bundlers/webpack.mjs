// webpack.mjs browser|node: into out/.
import { resolve } from "node:path";
import webpack from "webpack";

const isBrowser = process.argv[2] === "browser";
const config = {
  mode: "production",
  context: process.cwd(),
  target: isBrowser ? "web" : "node20",
  entry: { [isBrowser ? "page" : "on-files"]: isBrowser ? "./page.js" : "./on-files.js" },
  output: { path: resolve("out"), ...(isBrowser ? {} : { filename: "[name].cjs", chunkFilename: "[name].cjs" }) },
  performance: false, // It would warn of anything above 244 kB.
};

webpack(config, (failure, stats) => {
  if (failure) throw failure;
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
});
