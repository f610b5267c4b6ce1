import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, tempDir } from "../helpers.ts";

/** The demo is plain JavaScript: its types are told here. */
const { declaredLicence, judge, recognise } = (await import(join(root, "examples/demo/licences.mjs"))) as {
  declaredLicence: (manifest: unknown) => string | undefined;
  judge: (declared: string | undefined, text: string) => { licence: string; evidence: string };
  recognise: (text: string) => string[];
};
const { findPackages } = (await import(join(root, "examples/demo/packages.mjs"))) as {
  findPackages: (nodeModules: string) => { folder: string; name: string; version: string }[];
};

const TEXTS = {
  MIT: "Permission is hereby granted, free of charge,\n to any person obtaining a copy of this software",
  ISC: "Permission to use, copy, modify, and/or distribute this software for any purpose\nwith or without fee is hereby granted, provided that",
  "BSD-2-Clause": "* Redistributions of source code must retain the above copyright notice",
  "BSD-3-Clause": "Redistributions of source code must retain the above …\n3. Neither the name of the copyright holder nor",
  "Apache-2.0": "          Apache License\n    Version 2.0, January 2004",
};

test.each([
  [{ license: "MIT" }, "MIT"],
  [{ license: "(MIT OR Apache-2.0)" }, "(MIT OR Apache-2.0)"],
  [{ license: { type: "ISC", url: "https://example.org" } }, "ISC"],
  [{ licenses: [{ type: "MIT" }, { type: "GPL-3.0" }] }, "(MIT OR GPL-3.0)"],
  [{ licenses: [{ type: "MIT" }] }, "MIT"],
  [{ licenses: ["MIT"] }, "MIT"],
  [{ license: "SEE LICENSE IN LICENSE.txt" }, undefined],
  [{ license: " " }, undefined],
  [{ license: 7 }, undefined],
  [{}, undefined],
])("%j declares %s", (manifest, expected) => {
  expect(declaredLicence(manifest)).toBe(expected);
});

test.each(Object.entries(TEXTS))("the text of %s is recognised", (id, text) => {
  expect(recognise(text)).toEqual([id]);
});

describe("a licence is allowed", () => {
  test.each([
    ["MIT", "MIT → permissive, allowed"],
    ["(MIT OR GPL-3.0-only)", "(MIT OR GPL-3.0-only) → permissive, allowed"],
    ["GPL-3.0-only OR (ISC AND Apache-2.0)", "GPL-3.0-only OR (ISC AND Apache-2.0) → permissive, allowed"],
    ["MIT AND CC0-1.0", "MIT AND CC0-1.0 → permissive, public domain, allowed"],
    ["Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception → permissive, allowed"],
  ])("%s", (declared, evidence) => {
    expect(judge(declared, "a text of its own").evidence).toBe(evidence);
  });

  test("by its text, when the manifest names none", () => {
    expect(judge(undefined, TEXTS.ISC)).toEqual({ licence: "ISC", evidence: "ISC (by its text) → permissive, allowed" });
  });

  test("when the text quotes other licences too", () => {
    expect(judge("MIT", `${TEXTS.MIT}\n\nbundled: ${TEXTS["Apache-2.0"]}`).licence).toBe("MIT");
  });
});

describe("a licence is refused", () => {
  test.each([
    ["MPL-2.0", "Licence not allowed: MPL-2.0 is not on the allow list."],
    ["MIT AND GPL-3.0-only", "Licence not allowed: MIT AND GPL-3.0-only is not on the allow list."],
    ["(MIT OR GPL-3.0-only) AND GPL-2.0-only", "Licence not allowed: (MIT OR GPL-3.0-only) AND GPL-2.0-only is not on the allow list."],
    ["MIT if you ask nicely", "Licence not allowed: MIT if you ask nicely is not on the allow list."],
    ["(MIT", "Licence not allowed: (MIT is not on the allow list."],
    ["UNLICENSED", "Licence not allowed: UNLICENSED is not on the allow list."],
  ])("%s", (declared, message) => {
    expect(() => judge(declared, "a text of its own")).toThrow(message);
  });

  test("when the text is of another", () => {
    expect(() => judge("MIT", TEXTS["Apache-2.0"])).toThrow("Licence contradictory: the manifest says MIT, the text reads as Apache-2.0.");
  });

  test("when nothing names it", () => {
    expect(() => judge(undefined, "All rights reserved.")).toThrow("Licence missing: ");
  });
});

test("packages are found where npm puts them, and nowhere else", () => {
  const nodeModules = join(tempDir(), "node_modules");
  const put = (path: string, manifest: unknown): void => {
    mkdirSync(join(nodeModules, path), { recursive: true });
    writeFileSync(join(nodeModules, path, "package.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  };
  put("plain", { name: "plain", version: "1.0.0" });
  put("plain/test/fixture", { name: "fixture", version: "1.0.0" });
  put("plain/node_modules/@scope/nested", { name: "@scope/nested", version: "2.0.0" });
  put("@scope/own", { name: "@scope/own", version: "3.0.0" });
  put(".cache", { name: "cache", version: "1.0.0" });
  put("nameless", { version: "1.0.0" });
  put("broken", "{");
  symlinkSync(join(nodeModules, "plain"), join(nodeModules, "linked"));
  expect(findPackages(nodeModules).map(({ name, version }) => `${name} ${version}`))
    .toEqual(["@scope/own 3.0.0", "plain 1.0.0", "@scope/nested 2.0.0"]);
});
