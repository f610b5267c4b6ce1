import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig, type Options } from "tsup";
import type * as Browser from "./src/browser.ts";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * sql.js's JavaScript as an ES module. It sets `module` to undefined as it starts, so that in the
 * wrapper which esbuild puts around CommonJS, terser takes its exports for dead code. And it asks
 * where it was loaded from, which not all workers have; nobody needs to know, it loads nothing.
 */
const sqlJsAsModule: Plugin = {
  name: "sql-js-as-module",
  setup(build) {
    build.onLoad({ filter: /\/sql-wasm-browser\.js$/ }, ({ path }) => {
      const [script, ...others] = readFileSync(path, "utf8").split("if (typeof exports === 'object' && typeof module === 'object'){");
      if (script === undefined || others.length !== 1) throw new Error("sql.js exports itself in another way than it did");
      return { contents: `var module, self = { location: { href: "" } };\n${script}\nexport default initSqlJs;` };
    });
  },
};

// JavaScript by esbuild, types by `tsc` (see emitTypes). All that we use is bundled (they
// are devDependencies), so that users install nothing else; see THIRD_PARTY_LICENSES.md.
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

/** The commands' files; each has all it needs inside, but for what another of them is. */
const CLI_FILES: Record<string, string> = {
  "cli/colony": "src/cli/colony.ts",
  "cli/main": "src/cli/main.ts",
  "cli/colony-sqlite3": "src/cli/colony-sqlite3.ts",
  "cli/sqlite3": "src/cli/sqlite3.ts",
  "cli/shell": "src/cli/shell/run.ts",
  "cli/operator": "src/ledger/operator.ts",
  "cli/sql-js": "node_modules/sql.js/dist/sql-wasm-browser.js",
  "cli/jsonc": "node_modules/jsonc-parser/lib/esm/main.js",
};
const PACKAGES: Record<string, string> = {
  "sql.js/dist/sql-wasm-browser.js": CLI_FILES["cli/sql-js"],
  "jsonc-parser": CLI_FILES["cli/jsonc"],
};

const shared: Options = {
  format: ["esm"],
  target: "es2023",
  platform: "neutral",
  external: [/^node:/],
  removeNodeProtocol: false, // Bundlers and Deno know `node:fs`; `fs` could be anybody's.
  splitting: true,
  sourcemap: true,
  dts: false,
  silent: true, // A list of files is no news; errors are still told.
  define: { PACKAGE_VERSION: JSON.stringify(version) },
  // The wasm travels as base64 in a chunk of its own, loaded with the first open.
  loader: { ".wasm": "base64" },
  esbuildPlugins: [sqlJsAsModule],
  esbuildOptions(options) {
    options.mainFields = ["module", "main"];
    options.chunkNames = "chunks/[name]-[hash]";
  },
};

rmSync("dist", { recursive: true, force: true }); // Not by `clean`: the builds below run at the same time.

export default defineConfig([
  {
    ...shared,
    entry: {
      index: "src/index.ts",
      browser: "src/browser.ts",
      sqlite: "src/sqlite-entry.ts",
      "persistence/blob": "src/persistence/blob.ts",
      "persistence/http": "src/persistence/http.ts",
      "persistence/indexed-db": "src/persistence/indexed-db.ts",
      "persistence/memory": "src/persistence/memory.ts",
      "persistence/node-file": "src/persistence/node-file.ts",
      "persistence/opfs": "src/persistence/opfs.ts",
      "persistence/overlay": "src/persistence/overlay.ts",
      "persistence/snapshot": "src/persistence/snapshot.ts",
      "lock/memory": "src/lock/memory.ts",
      "lock/dotfile": "src/lock/dotfile.ts",
      "lock/native": "src/lock/native.ts",
      "lock/web-locks": "src/lock/web-locks.ts",
      "testing/index": "src/testing/index.ts",
      "embedded-wasm": "src/sqlite/embedded-wasm.ts", // By name, for the commands.
    },
    onSuccess: async () => {
      emitTypes();
      copyFileSync("node_modules/sql.js/dist/sql-wasm-browser.wasm", "dist/sql-wasm.wasm");
      writeFileSync("dist/callbacks.wasm", await callbacksWasm());
    },
    plugins: [withoutBareImports()],
  },
  {
    ...shared,
    sourcemap: false, // Of the same source: once is enough in the package.
    entry: { slim: "src/slim.ts", "browser/slim": "src/browser/slim.ts" },
    esbuildPlugins: [sqlJsAsModule, {
      name: "no-embedded-wasm",
      setup(build) {
        build.onResolve({ filter: /\/embedded-wasm\.ts$/ }, () => ({ path: resolve("src/sqlite/no-embedded-wasm.ts") }));
      },
    }],
    plugins: [withoutBareImports()],
  },
  {
    ...shared,
    // Every command is a new process. Few files of CommonJS, with what some commands never need
    // in files of their own, are read and linked in half the time of many ES modules.
    format: ["cjs"],
    splitting: false,
    sourcemap: false,
    minify: true,
    entry: CLI_FILES,
    define: { ...shared.define, "import.meta.dirname": "__dirname" },
    esbuildOptions(options) {
      options.mainFields = ["module", "main"];
      options.supported = { "dynamic-import": false }; // `require`, also where it is written `import()`.
    },
    esbuildPlugins: [{
      name: "files-of-their-own",
      setup(build) {
        build.onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
          if (kind === "entry-point") return undefined;
          if (path.endsWith("/embedded-wasm.ts")) return { path: "../embedded-wasm.js", external: true };
          const source = path.startsWith(".") ? relative(".", join(resolveDir, path)) : PACKAGES[path];
          const own = Object.keys(CLI_FILES).find((name) => CLI_FILES[name] === source);
          return own === undefined ? undefined : { path: `./${basename(own)}.cjs`, external: true };
        });
      },
    }],
  },
]);

/** esbuild leaves `import "./chunk.js"` where nothing of the chunk is used; users' bundlers would warn of it. */
function withoutBareImports(): NonNullable<Options["plugins"]>[number] {
  return { name: "without-bare-imports", renderChunk: (code) => ({ code: code.replaceAll(/^import "\.[^"]*";$/gm, "") }) };
}

/** tsc leaves `.ts` in the imports of what it emits; Deno wants the name of a file that is there. */
function emitTypes(): void {
  execFileSync(join("node_modules", ".bin", "tsc"), ["-p", "tsconfig.json", "--emitDeclarationOnly"], { stdio: "inherit" });
  for (const name of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join("dist", name);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(/(from "\.[^"]*|import\("\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

/** The small module that the engine makes for SQLite's calls back into JavaScript: it is compiled first, by the first open. */
async function callbacksWasm(): Promise<Uint8Array> {
  const { Module } = WebAssembly;
  let made: Uint8Array | undefined;
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      made = bytes as Uint8Array;
    }
  };
  try {
    const { memory, memoryLock, ensureProgressDb } = (await import(pathToFileURL(resolve("dist/browser.js")).href)) as typeof Browser;
    await ensureProgressDb("build", { persistence: memory(), lock: memoryLock() });
  } finally {
    WebAssembly.Module = Module;
  }
  if (made === undefined) throw new Error("the engine made no module for its callbacks");
  return made;
}
