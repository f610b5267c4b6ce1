import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ProgressDbError } from "../errors.ts";

/** The inspector's page, and what is put into it: see the boot contract in examples/inspector/README.md. */

export type Boot =
  | { readonly from: "embedded"; readonly name: string; readonly asOf: string }
  | { readonly from: "url"; readonly name: string; readonly db: string; readonly events: string };

const BOOT = '<script type="application/json" id="boot">{"from":"pick"}</script>';
const DATA = '<script type="text/plain" id="data"></script>';
const NO_CONNECTIONS = "connect-src 'none'";

/** The page that asks for what `boot` says. Its policy allows it to reach the server it comes from. */
export function servedPage(boot: Boot): { html: string; policy: string } {
  const html = replaced(booted(boot), NO_CONNECTIONS, "connect-src 'self'");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "default-src 'none'";
  return { html, policy: `${policy}; frame-ancestors 'none'` };
}

/** What stands before and after the database, gzipped and in base64, in a page that has it inside. */
export function pageAround(boot: Boot): { before: string; after: string } {
  const html = booted(boot);
  const at = html.indexOf(DATA);
  if (at < 0) throw damaged();
  const split = at + DATA.indexOf("</script>");
  return { before: html.slice(0, split), after: html.slice(split) };
}

/** `data/progress.db` is called by its colony. */
export function colonyOf(path: string): string {
  const folder = dirname(path);
  return basename(folder) === "data" ? basename(dirname(folder)) : basename(path);
}

function booted(boot: Boot): string {
  // In a script element `<` could end it.
  const json = JSON.stringify(boot).replaceAll("<", "\\u003c");
  return replaced(template(), BOOT, BOOT.replace('{"from":"pick"}', () => json));
}

function template(): string {
  const path = join(import.meta.dirname, "../inspector.html");
  if (!existsSync(path)) {
    throw new ProgressDbError("IO", `the inspector's page is missing: ${path}`, {
      hint: "install the package anew, or build it with: npm run build; a compiled binary does not have it inside",
    });
  }
  return readFileSync(path, "utf8");
}

function replaced(text: string, old: string, now: string): string {
  if (!text.includes(old)) throw damaged();
  return text.replace(old, () => now);
}

function damaged(): ProgressDbError {
  return new ProgressDbError("IO", "the inspector's page is not of this release", { hint: "install the package anew, or build it with: npm run build" });
}
