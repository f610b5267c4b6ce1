// api-reference.mjs OUT: writes the API reference, made of the docstrings, into the folder OUT.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
/** Where an entry's source is, if not under its own name. */
const SOURCES = { "./index": "index", "./sqlite": "sqlite-entry", "./testing": "testing/index" };

const sources = Object.keys(exports)
  .filter((name) => !/slim|\.(?:json|wasm)$/.test(name))
  .map((name) => (name === "." ? "./index" : name))
  .map((name) => `${root}src/${SOURCES[name] ?? name.slice(2)}.ts`);
const { status } = spawnSync(process.execPath, [
  `${here}node_modules/typedoc/bin/typedoc`, "--plugin", `${here}node_modules/typedoc-plugin-markdown/dist/index.js`,
  "--tsconfig", `${root}tsconfig.json`, "--skipErrorChecking", "--excludeInternal", "--excludePrivate", "--excludeExternals",
  "--readme", "none", "--disableSources", "--hideGenerator", "--hidePageHeader", "--hideBreadcrumbs", "true",
  "--outputFileStrategy", "modules", "--modulesFileName", "README", "--logLevel", "Error",
  "--parametersFormat", "table", "--interfacePropertiesFormat", "table", "--typeAliasPropertiesFormat", "table",
  "--basePath", `${root}src`, "--out", process.argv[2], ...sources,
], { stdio: "inherit" });
process.exitCode = status ?? 1;
