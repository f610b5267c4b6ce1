import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, tempDir } from "../helpers.ts";
import { cleanEnv, COLONY } from "../cli/kit.ts";

/** docs/cli.md and docs/queens.md: the generated parts are what the table says, the examples run. */

const manual = join(root, "docs/cli.md");

interface Schema {
  commands: {
    name: string; summary: string; for: string; exits: number[]; args: { name: string; optional?: boolean; many?: boolean; choices?: string[] }[];
    flags: { name: string; type?: string; value?: string; choices?: string[]; what: string; default?: string }[];
  }[];
  flags: Schema["commands"][number]["flags"];
  exits: { exit: number; codes: string[]; meaning: string; next: string }[];
}

const schema = JSON.parse(execFileSync(COLONY[0]!, [...COLONY.slice(1), "schema"], { encoding: "utf8" })) as Schema;

function flagList(flags: Schema["flags"]): string[] {
  return flags.map((flag) => {
    const value = flag.type === undefined ? "" : ` ${flag.choices?.join("\\|") ?? flag.value ?? "VALUE"}`;
    return `| \`--${flag.name}${value}\` | ${flag.what}${flag.default === undefined ? "" : ` (default ${flag.default})`} |`;
  });
}

const GENERATED: Record<string, () => string[]> = {
  "exit codes": () => [
    "| code | `error.code` | meaning | what to do |", "| --- | --- | --- | --- |",
    ...schema.exits.map(({ exit, codes, meaning, next }) => `| ${exit} | ${codes.map((code) => `\`${code}\``).join(" ")} | ${meaning} | ${next} |`),
  ],
  commands: () => [
    ...schema.commands.flatMap(({ name, summary, args, flags, exits }) => {
      const usage = args.map((arg) => {
        const word = (arg.choices?.join("|") ?? arg.name.toUpperCase()) + (arg.many === true ? "…" : "");
        return arg.optional === true ? `[${word}]` : word;
      });
      return [
        `### ${name}`, "", `\`${["colony", name, ...usage].join(" ")}\` ${summary}. Exit codes: ${exits.join(", ")}.`, "",
        ...(flags.length === 0 ? [] : ["| flag | |", "| --- | --- |", ...flagList(flags), ""]),
      ];
    }),
    "### Flags of every command", "", "| flag | |", "| --- | --- |", ...flagList(schema.flags),
  ],
};

describe("docs/cli.md", () => {
  test("has the exit codes and the commands of the table (UPDATE_DOCS=1 writes them)", () => {
    const text = readFileSync(manual, "utf8");
    let wanted = text;
    for (const [name, lines] of Object.entries(GENERATED)) {
      wanted = wanted.replace(new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`), (_all, begin: string, end: string) => `${begin}${lines().join("\n")}\n${end}`);
    }
    if (process.env["UPDATE_DOCS"] !== undefined) writeFileSync(manual, wanted);
    else expect(text).toBe(wanted);
    expect(wanted).toContain("### step done\n");
    expect(wanted).toContain("| 6 | `SOP_OPEN` |");
  });
});

/** Runs a page's examples one after another in one shell and one folder, each command of which must succeed. */
function runExamples(page: string, only: (text: string) => boolean): string {
  const blocks = [...readFileSync(join(root, "docs", page), "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text).filter(only);
  expect(blocks.length).toBeGreaterThan(0);
  const bin = tempDir();
  writeFileSync(join(bin, "colony"), `#!/bin/sh\nexec ${COLONY.map((word) => `'${word}'`).join(" ")} "$@"\n`, { mode: 0o755 });
  return execFileSync("bash", ["-euo", "pipefail", "-c", blocks.join("\n")], {
    cwd: tempDir(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"],
    env: cleanEnv({ PATH: `${bin}:${process.env["PATH"]}`, HOME: bin }),
  });
}

describe("the examples", () => {
  test("of docs/cli.md run and print what they say", () => {
    const out = runExamples("cli.md", (text) => !text.includes("completion"));
    expect(out).toContain("token     ");
    expect(out).toContain("exit code 6\n");
    expect(out).toMatch(/100%\n✓ 1 done\n/);
  });

  test("of docs/queens.md run and print what they say", () => {
    const out = runExamples("queens.md", (text) => !text.startsWith("while"));
    expect(out).toMatch(/· book {2}The book 0\/4 done\n├ · \S+ {2}Chapter 1\n├ · \S+ {2}Chapter 2\n└ · \S+ {2}Index\n/);
    expect(out).toContain("checks passed");
  });
});
