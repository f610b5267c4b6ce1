import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// On a fresh clone nothing is installed: up to the import below, only `node:` modules may be used.

const root = fileURLToPath(new URL("../..", import.meta.url));

if (!existsSync(join(root, "node_modules"))) npm("ci");
if (isOutdated(join(root, "dist/index.js"), join(root, "src"))) npm("run", "build");

const { demo } = await import("./demo.mjs");
process.exitCode = await demo(process.argv.slice(2));

function npm(...args) {
  process.stderr.write(`npm ${args.join(" ")}\n`);
  // What npm says is talk: standard output is for the demo's result. On Windows npm is a script, which takes a shell.
  const { status } = spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status === 0) return;
  process.stderr.write(`npm ${args.join(" ")} failed: see above; the demo did not start\n`);
  process.exit(1);
}

function isOutdated(built, folder) {
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  return readdirSync(folder, { recursive: true }).some((name) => statSync(join(folder, name)).mtimeMs > builtAt);
}
