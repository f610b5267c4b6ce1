// Serves the test page and its worker to this machine: for the tests, and for the benchmark.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const CHROMIUM_FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** At `/run` the page has `script` after it; what is posted is handed to `answered`. */
export async function serve({ script = "", answered = () => {} } = {}) {
  const page = readFileSync(here("page.html"), "utf8");
  const worker = await bundle(here("worker.ts"));
  const server = createServer((request, response) => {
    const isWorker = request.url === "/worker.js";
    response.writeHead(200, { "content-type": isWorker ? "text/javascript" : "text/html", "cache-control": "no-store" });
    if (request.method === "POST") {
      const parts = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => answered(Buffer.concat(parts).toString()));
      response.end();
    } else {
      response.end(isWorker ? worker : request.url === "/run" ? page + script : page);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, server };
}

/** A module with all it imports, for a browser. */
export async function bundle(path) {
  const { outputFiles } = await build({
    entryPoints: [path], bundle: true, write: false, format: "esm", platform: "browser", target: "es2023", logLevel: "error",
  });
  return outputFiles[0].text;
}
