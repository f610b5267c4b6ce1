import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureAllColonyDbs } from "hive-progress-db";
import { expect, test } from "vitest";
import { outputOf, python, root, startNode, tempDir, testWith } from "../helpers.ts";
import { WITH_SEED } from "../colony-kit.ts";

const testWithPython = testWith("python3");

/** A root with colonies of these names; files and links beside them are none. */
function colonies(...names: string[]): string {
  const folder = realpathSync(tempDir());
  for (const name of names) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "a file"), "");
  return folder;
}

const databaseOf = (folder: string) => (name: string): string => join(folder, name, "data", "progress.db");

function recorder(): { said: string[]; info: (text: string) => void; warn: (text: string) => void } {
  const said: string[] = [];
  return { said, info: (text) => said.push(`info ${text}`), warn: (text) => said.push(`warn ${text}`) };
}

test("every folder is ensured, in order of name", async () => {
  const folder = colonies("b", "a", "Z", "10", "9", ".hidden", "ä");
  expect(await ensureAllColonyDbs(folder)).toEqual([".hidden", "10", "9", "Z", "a", "b", "ä"].map(databaseOf(folder)));
});

test("a missing root, and one that is a file, give an empty list", async () => {
  const folder = colonies();
  expect(await ensureAllColonyDbs(join(folder, "missing"))).toEqual([]);
  expect(await ensureAllColonyDbs(join(folder, "a file"))).toEqual([]);
  expect(await ensureAllColonyDbs(folder)).toEqual([]);
});

test("a bad colony is reported to the logger, with its name and what to do, and left out", async () => {
  const folder = colonies("a", "bad", "c", "worse");
  mkdirSync(join(folder, "bad", "data"));
  writeFileSync(databaseOf(folder)("bad"), "This is not a database, but a text. ".repeat(50));
  writeFileSync(join(folder, "worse", "data"), "a file in the way");
  const logger = recorder();
  expect(await ensureAllColonyDbs(folder, { logger })).toEqual(["a", "c"].map(databaseOf(folder)));
  const warnings = logger.said.filter((text) => text.startsWith("warn"));
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/colony bad .*CORRUPT/);
  expect(warnings[1]).toMatch(/colony worse .*IO/);
});

test("links are followed, and those that lead nowhere or in circles are left out", async () => {
  const folder = colonies("real");
  symlinkSync(join(folder, "real"), join(folder, "link"));
  symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
  symlinkSync(join(folder, "loop"), join(folder, "loop"));
  expect(await ensureAllColonyDbs(folder)).toEqual([databaseOf(folder)("real"), databaseOf(folder)("real")]);
});

testWithPython("the same colonies as the seed's, in the same order", async () => {
  const folder = colonies("b", "a", "B", "_", "é", "z z");
  const ours = await ensureAllColonyDbs(folder);
  expect(python(`${WITH_SEED}\nprint("\\n".join(str(p) for p in seed.ensure_all_colony_dbs(Path(sys.argv[1]))))`, folder).split("\n")).toEqual(ours);
});

test.for([
  ["HIVE_HOME", (home: string) => ({ HIVE_HOME: home }), "colonies"],
  ["the home folder, without HIVE_HOME", (home: string) => ({ HOME: home }), ".hive/colonies"],
] as const)("without a root the colonies of %s are ensured", async ([, environment, under]) => {
  const home = realpathSync(tempDir());
  mkdirSync(join(home, under, "one"), { recursive: true });
  const script = `
    import { ensureAllColonyDbs } from ${JSON.stringify(join(root, "dist/index.js"))};
    delete process.env.HIVE_HOME;
    Object.assign(process.env, ${JSON.stringify(environment(home))});
    console.log(JSON.stringify(await ensureAllColonyDbs()));`;
  expect(JSON.parse(await outputOf(startNode(home, "all.mjs", script)))).toEqual([databaseOf(join(home, under))("one")]);
});
