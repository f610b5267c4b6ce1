import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { colonyFolder } from "../../src/colony/named-colony.ts";
import { tempDir } from "../helpers.ts";

const INVALID = expect.objectContaining({ code: "INVALID_INPUT", hint: expect.stringContaining("nothing was written") });

test.each(["letters", "a b", "..letters", "letters..", ".hidden", "Бджоли", "a:b", "-x"])("%j is a colony's name", (name) => {
  expect(colonyFolder(name, "/colonies")).toBe(`/colonies/${name}`);
});

test.each([
  "", ".", "..", "../out", "a/../../out", "/etc", "a/b", "a/", "a\\b", "..\\out", "a\0b", "\ud800", undefined, null, 7, ["a"],
])("%j is not", (name) => {
  expect(() => colonyFolder(name as string, "/colonies")).toThrow(INVALID);
});

test("a name too long for the file system is an error with a code", () => {
  expect(() => colonyFolder("x".repeat(5000), tempDir())).toThrow(expect.objectContaining({ code: "IO" }));
});

test("a link counts as a colony only if it leads to one", () => {
  const folder = tempDir();
  const root = join(folder, "colonies");
  mkdirSync(join(root, "real"), { recursive: true });
  mkdirSync(join(folder, "outside"));
  symlinkSync("real", join(root, "alias"));
  symlinkSync("../outside", join(root, "out"));
  symlinkSync("..", join(root, "up"));
  symlinkSync("real/deeper", join(root, "nowhere"));
  symlinkSync("loop", join(root, "loop"));
  expect(colonyFolder("alias", root)).toBe(join(root, "alias"));
  for (const name of ["out", "up", "nowhere", "loop"]) expect(() => colonyFolder(name, root), name).toThrow(INVALID);
  // Reached by a link itself, the root is still the root.
  symlinkSync("colonies", join(folder, "by-link"));
  expect(colonyFolder("alias", join(folder, "by-link"))).toBe(join(folder, "by-link", "alias"));
  expect(() => colonyFolder("out", join(folder, "by-link"))).toThrow(INVALID);
});
