import { resolve } from "node:path";
import { openBrowser } from "../../inspect/open-browser.ts";
import { serveInspector } from "../../inspect/server.ts";
import type { Context } from "../context.ts";
import { databaseOf } from "../database.ts";
import { asFailure } from "../usage.ts";

/** Serves until Ctrl-C; the URL is what there is to know. */
export async function run(context: Context): Promise<void> {
  const path = resolve(context.arg("db") ?? (await databaseOf(context)));
  const server = await serveInspector(path, {
    port: context.number("port") ?? 0,
    onError: (error) => context.remark(`could not look again: ${asFailure(error).message}`),
  });
  try {
    await context.print({ name: "inspect", single: true, fields: ["url"], rows: [{ url: server.url, path }], human: () => [server.url] });
    const isShown = !context.is("no-open") && (await openBrowser(server.url));
    context.remark(isShown ? "opened in the browser; Ctrl-C ends it" : "open it in a browser on this machine; Ctrl-C ends it");
    await new Promise<void>((end) => {
      if (context.signal.aborted) end();
      context.signal.addEventListener("abort", () => end());
    });
  } finally {
    await server.close();
  }
}
