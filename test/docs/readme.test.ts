import { execSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { outputOf, root, startNode, tempDir, testWith } from "../helpers.ts";

/** The README's examples, run as they stand, one after another in one folder. */

const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language, text = ""]) => ({ language, text }));

/** What an example says it prints: the comments after `console.log(…);`. */
const promised = (text: string): string[] => [...text.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, value = ""]) => value);

describe("the README", () => {
  testWith("sqlite3")("shows examples that run and print what they say", async () => {
    const folder = tempDir();
    const scripts = blocks.filter(({ language }) => language === "js");
    expect(scripts.length).toBeGreaterThan(1);
    for (const [index, { text }] of scripts.entries()) {
      const out = await outputOf(startNode(folder, `example-${index}.mjs`, text));
      expect(promised(text).length).toBeGreaterThan(0);
      expect(out.trim().split("\n")).toEqual(promised(text));
    }
    const look = blocks.find(({ language, text }) => language === "sh" && text.startsWith("sqlite3"));
    expect(execSync(look!.text, { cwd: folder, encoding: "utf8" })).toBe("done|2\n");
  });

  test("begins with two commands that are there", () => {
    const [first] = blocks;
    const commands = first!.text.split("\n").map((line) => line.split("#")[0]!.trim()).filter((line) => line !== "");
    expect(commands).toEqual(["npm run demo", "npm cit"]);
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
    expect(scripts["demo"]).toBeDefined();
    expect(scripts["test"]).toBeDefined();
  });

  test("links to files that are there", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
  });

  test("names every export of the adapters' entries", () => {
    for (const name of ["node-file", "memory", "overlay", "dotfile"]) expect(readme).toContain(name);
  });
});
