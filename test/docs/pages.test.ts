import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, tempDir, testWith, toolPath, type Tool } from "../helpers.ts";

/**
 * The documents' examples, run as they stand: a page's blocks one after another, in one
 * folder that has the package installed. `js` runs on Node and prints what its comments
 * promise; `sh` runs in a shell and prints the `text` block below it, if there is one.
 */

/** Pages whose examples need more around them; each has a test of its own. */
const ELSEWHERE = new Set(["docs/browser.md", "docs/sqlite3.md", "docs/cli.md", "docs/queens.md"]);
/** Commands on the repository itself; the test below checks that they are there. */
const ON_THE_REPOSITORY = /^npm (run |cit)/;

interface Block {
  readonly language: string;
  readonly code: string;
}

const pages = ["README.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");
const blocksOf = (page: string): Block[] =>
  [...textOf(page).matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language = "", code = ""]) => ({ language, code }));
/** What an example says it prints: the comments after `console.log(…);`. */
const promised = (code: string): string[] => [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, value = ""]) => value);
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const TOOLS: Tool[] = ["node", "deno", "bun", "sqlite3", "python3"];

/** A folder with the package in its node_modules, and the tools by their names. */
function project(): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = tempDir();
  const bin = join(cwd, "node_modules/.bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(root, join(cwd, "node_modules/hive-progress-db"));
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ type: "module", dependencies: { "hive-progress-db": "*" } }));
  for (const [name, command] of [["deno", toolPath("deno")], ["bun", toolPath("bun")], ["colony", join(root, "dist/cli/colony.cjs")]] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec '${command}' "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { cwd, env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, NO_COLOR: "1" } };
}

describe.each(pages.filter((page) => !ELSEWHERE.has(page) && blocksOf(page).some(({ language }) => language === "js")))("%s", (page) => {
  testWith(...TOOLS)("shows examples that run and print what it says", () => {
    const { cwd, env } = project();
    const blocks = blocksOf(page);
    for (const [index, { language, code }] of blocks.entries()) {
      if (language === "js") {
        const name = /^\/\/ ([\w-]+\.m?js)\n/.exec(code)?.[1] ?? `example-${index}.mjs`;
        writeFileSync(join(cwd, name), code);
        const printed = execFileSync(process.execPath, [name], { cwd, env, encoding: "utf8" });
        if (promised(code).length > 0) expect(lines(printed), name).toEqual(promised(code));
      } else if (language === "sh" && !ON_THE_REPOSITORY.test(code)) {
        const printed = execFileSync("bash", ["-euc", code], { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
        const next = blocks[index + 1];
        if (next?.language === "text") expect(lines(printed.replaceAll(/^\s+\[.*$\n/gm, ""))).toEqual(lines(next.code));
        else expect(printed, code).not.toBe("");
      }
    }
  });
});

test("every block says what it is, and every page with examples has a test", () => {
  for (const page of pages) {
    for (const { language, code } of blocksOf(page)) {
      expect(["js", "sh", "html", "text", "json", "sql"], `${page}: ${code}`).toContain(language);
      if (language === "json") expect(() => JSON.parse(code) as unknown, code).not.toThrow();
    }
  }
  for (const page of ELSEWHERE) expect(pages).toContain(page);
});

test("the commands on the repository are there", () => {
  const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
  const commands = pages.flatMap((page) => blocksOf(page)).filter(({ language, code }) => language === "sh" && ON_THE_REPOSITORY.test(code))
    .flatMap(({ code }) => lines(code).map((line) => line.split("#")[0]!.trim()));
  expect(commands).toContain("npm run demo");
  for (const command of commands) {
    const [, name] = /^(?:\w+=\S+ )*npm run (\S+)/.exec(command) ?? [];
    if (name === undefined) expect(command).toMatch(/^npm cit$|^(?:\w+=\S+ )*npx vitest /);
    else expect(scripts[name], command).toBeDefined();
  }
});

describe("links", () => {
  const documents = [...pages, "ARCHITECTURE.md", "CHANGELOG.md", "examples/README.md", "examples/inspector/README.md"];
  const anchorsOf = (page: string): string[] =>
    [...textOf(page).replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-"));

  test.each(documents)("%s leads to what is there", (page) => {
    for (const [, target = ""] of textOf(page).replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = "", anchor] = target.split("#");
      const found = path === "" ? page : join(page, "..", path);
      expect(() => textOf(found), `${page}: ${target}`).not.toThrow();
      if (anchor !== undefined) expect(anchorsOf(found), `${page}: ${target}`).toContain(anchor);
    }
  });

  test("docstrings lead to what is there", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    for (const name of sources) {
      for (const [path] of readFileSync(join(root, "src", name), "utf8").matchAll(/\b(?:docs|test|examples)\/[\w./-]+\.(?:md|ts|mjs)\b/g)) {
        expect(() => textOf(path), `src/${name}: ${path}`).not.toThrow();
      }
    }
  });
});

test("README names every entry's page, and stays short", () => {
  const readme = textOf("README.md");
  expect(lines(readme).length).toBeLessThan(150);
  for (const page of pages.filter((name) => name !== "README.md")) expect(readme, page).toContain(`(${page})`);
});
