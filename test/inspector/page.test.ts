import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../helpers.ts";
import { HTML, inChromium, openPage } from "./kit.ts";

/** The file as it is built: what it may do, and what it says to whoever serves or sends it. */

const html = readFileSync(HTML, "utf8");
const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const between = (start: string, end: string): string => html.split(start)[1]!.split(end)[0]!;

const source = join(root, "examples/inspector/src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(source, name), "utf8") }));

describe("the built page", () => {
  test("its policy allows exactly its own script and styles, WebAssembly and a Blob worker", () => {
    const script = html.slice(html.lastIndexOf("<script>") + 8, html.lastIndexOf("</script>"));
    expect(between('http-equiv="Content-Security-Policy" content="', '"')).toBe([
      "default-src 'none'", `script-src ${hash(script)} 'wasm-unsafe-eval'`, "worker-src blob:", `style-src ${hash(between("<style>", "</style>"))}`,
      "img-src data:", "connect-src 'none'", "base-uri 'none'", "form-action 'none'",
    ].join("; "));
  });

  test("it keeps the boot contract: each place is there once", () => {
    for (const place of ['<script type="application/json" id="boot">{"from":"pick"}</script>', '<script type="text/plain" id="data"></script>', "connect-src 'none'"]) {
      expect(html.split(place)).toHaveLength(2);
    }
  });

  test("it names the licences of what is in it", () => {
    for (const name of ["sql.js", "preact", "@preact/signals", "@preact/signals-core"]) expect(between('id="licences">', "</script>")).toContain(`## ${name} `);
  });

  inChromium("its policy holds: no request, no script of others, no inline style, no eval", async () => {
    const page = await openPage({ mayFail: /Content Security Policy|Failed to fetch|Refused|violates/ });
    const refused = await page.evaluate(async () => {
      const violated: string[] = [];
      addEventListener("securitypolicyviolation", (event) => violated.push(event.effectiveDirective));
      await fetch("https://example.org/").catch(() => {});
      const script = document.createElement("script");
      script.textContent = "globalThis.intruded = true";
      document.body.append(script);
      document.body.setAttribute("style", "color: red");
      const button = document.createElement("button");
      button.setAttribute("onclick", "globalThis.intruded = true");
      button.click();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { violated: [...new Set(violated)].sort(), intruded: "intruded" in globalThis };
    });
    expect(refused).toEqual({ violated: ["connect-src", "script-src-attr", "script-src-elem", "style-src-attr"], intruded: false });
  });
});

describe("the source", () => {
  test("puts no HTML into the page, evaluates no text, and asks nobody else", () => {
    const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet|\beval\(|new Function\(|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon/;
    expect(files.filter(({ text }) => forbidden.test(text)).map(({ name }) => name)).toEqual([]);
    expect(files.length).toBeGreaterThan(60);
  });

  test("SQL is in the worker's folder, and the ready queries, and nowhere else", () => {
    const sql = /\b(?:SELECT|PRAGMA)\s+[\w*(]/;
    expect(files.filter(({ name, text }) => !name.startsWith("worker/") && name !== "shared/ready-queries.ts" && sql.test(text)).map(({ name }) => name)).toEqual(["views/sql.tsx"]);
  });

  test("arrows point one way: the worker knows nothing of the page, shared nothing of either; files stay short", () => {
    const mayImport: Record<string, string[]> = {
      shared: [], worker: ["shared"], page: ["shared", "ui", "views"], ui: ["shared", "page"], charts: ["shared", "page", "ui"], views: ["shared", "page", "ui", "charts"],
    };
    const wrong = files.flatMap(({ name, text }) => {
      const folder = name.split("/")[0]!;
      return [...text.matchAll(/from "\.\.\/(\w+)\//g)].map(([, to = ""]) => to).filter((to) => !mayImport[folder]!.includes(to)).map((to) => `${name} → ${to}`);
    });
    expect(wrong).toEqual([]);
    expect(files.filter(({ text }) => text.split("\n").length > 310).map(({ name }) => name)).toEqual([]);
  });
});
