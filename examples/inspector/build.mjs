import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

/*
 * Makes dist/inspector.html: one file, with everything in it. From `file://` no other
 * shape works in all browsers: a classic inline script, and a worker made from a Blob.
 */

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The package has its wasm in base64; here it is compressed first, which saves 170 kB of the page. */
const compressedWasm = {
  name: "compressed-wasm",
  setup(build) {
    build.onResolve({ filter: /^compressed-wasm$/ }, ({ path }) => ({ path, namespace: "compressed-wasm" }));
    build.onLoad({ filter: /.*/, namespace: "compressed-wasm" }, () => ({
      contents: gzipSync(readFileSync(here("../../dist/sql-wasm.wasm")), { level: 9 }).toString("base64"),
      loader: "text",
    }));
    build.onLoad({ filter: /\/chunks\/sql-wasm-browser-\w+\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8");
      return { contents: contents.includes('"AGFzbQ') ? 'export default "";' : contents };
    });
  },
};

const OUT = here("../../dist/inspector.html");

const [page, worker, styles] = await Promise.all([bundle("src/page/main.tsx"), bundle("src/worker/main.ts"), minifiedStyles()]);
const parts = {
  page,
  worker,
  styles,
  sample: existsSync(here("sample.db.gz")) ? readFileSync(here("sample.db.gz")).toString("base64") : "",
  licences: readFileSync(here("../../THIRD_PARTY_LICENSES.md"), "utf8"),
  policy: [
    "default-src 'none'",
    `script-src ${hash(page)} 'wasm-unsafe-eval'`,
    "worker-src blob:",
    `style-src ${hash(styles)}`,
    "img-src data:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; "),
};
for (const [name, text] of Object.entries(parts)) {
  // Either would end or change the element the text stands in.
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`${name} must not contain </script, </style or <!--`);
}
const html = readFileSync(here("page.html"), "utf8").replaceAll(/\{\{(\w+)\}\}/g, (_all, name) => parts[name]);
mkdirSync(here("../../dist"), { recursive: true });
writeFileSync(OUT, html);

const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
process.stdout.write(`dist/inspector.html  ${kilobytes(html.length)}, gzipped ${kilobytes(gzipSync(html).length)} `
  + `(page ${kilobytes(gzipSync(page).length)}, worker ${kilobytes(gzipSync(worker).length)}, styles ${kilobytes(gzipSync(styles).length)})\n`);

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [here(entry)],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    minify: true,
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [compressedWasm],
  });
  return outputFiles[0].text;
}

async function minifiedStyles() {
  const { code } = await transform(readFileSync(here("page.css"), "utf8"), { loader: "css", minify: true });
  return code;
}

function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
