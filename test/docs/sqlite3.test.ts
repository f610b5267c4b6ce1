import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OURS } from "../cli/sqlite3-kit.ts";
import { outputOf, root, startNode, tempDir } from "../helpers.ts";

/** The examples of docs/sqlite3.md, run as they stand, one after another in one folder. */

const page = readFileSync(join(root, "docs/sqlite3.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language = "", text = ""]) => ({ language, text }));

test("docs/sqlite3.md shows examples that run and print what it says", async () => {
  const folder = tempDir();
  const command = join(folder, "colony-sqlite3");
  writeFileSync(command, `#!/bin/sh\nexec ${OURS.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  chmodSync(command, 0o755);
  expect(blocks.map(({ language }) => language)).toEqual(["sh", "js"]);
  writeFileSync(join(folder, "example.sh"), blocks[0]!.text);
  const said = execFileSync("bash", ["-O", "expand_aliases", "example.sh"], {
    cwd: folder, encoding: "utf8", env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
  });
  expect(said).toBe('1\n[{"id":1,"text":"first"}]\nchanged\nnotes\n');

  const printed = (await outputOf(startNode(folder, "example.mjs", blocks[1]!.text))).trimEnd().split("\n");
  expect(page).toContain(`It prints ${printed.slice(0, -1).map((line) => `\`${line}\``).join(", ")} and \`${printed.at(-1)}\`.`);
});
