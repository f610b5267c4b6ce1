import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "tsup";

// JavaScript by esbuild, types by `tsc` (see emitTypes). All that we use is bundled (they
// are devDependencies), so that users install nothing else; see THIRD_PARTY_LICENSES.md.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    "persistence/memory": "src/persistence/memory.ts",
    "persistence/node-file": "src/persistence/node-file.ts",
    "persistence/overlay": "src/persistence/overlay.ts",
    "lock/memory": "src/lock/memory.ts",
    "lock/dotfile": "src/lock/dotfile.ts",
    "testing/index": "src/testing/index.ts",
  },
  format: ["esm"],
  target: "es2023",
  platform: "neutral",
  external: [/^node:/],
  splitting: true,
  sourcemap: true,
  clean: true,
  dts: false,
  // The wasm travels as base64 in a chunk of its own, loaded with the first open.
  loader: { ".wasm": "base64" },
  esbuildOptions(options) {
    options.mainFields = ["module", "main"];
    options.chunkNames = "chunks/[name]-[hash]";
  },
  onSuccess: async () => emitTypes(),
});

/** tsc leaves `.ts` in the imports of what it emits; Deno wants the name of a file that is there. */
function emitTypes(): void {
  execFileSync(join("node_modules", ".bin", "tsc"), ["-p", "tsconfig.json", "--emitDeclarationOnly"], { stdio: "inherit" });
  for (const name of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join("dist", name);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(/(from "\.[^"]*|import\("\.[^"]*)\.ts"/g, '$1.js"'));
  }
}
