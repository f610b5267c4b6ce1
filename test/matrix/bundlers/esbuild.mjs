// esbuild.mjs browser|node|node-cjs: into out/.
import { build } from "esbuild";

const TARGETS = {
  browser: { entryPoints: ["page.js", "worker.js"], format: "esm", platform: "browser", splitting: true },
  node: { entryPoints: ["on-files.js"], format: "esm", platform: "node" },
  "node-cjs": { entryPoints: ["on-files.cjs"], format: "cjs", platform: "node", outExtension: { ".js": ".cjs" } },
};

const { warnings } = await build({ ...TARGETS[process.argv[2]], bundle: true, minify: true, outdir: "out" });
if (warnings.length > 0) process.exitCode = 1;
