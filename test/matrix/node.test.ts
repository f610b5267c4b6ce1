import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { root, testWith } from "../helpers.ts";
import { testFull, tool } from "./full.ts";
import { consumer, expectWorkOnFiles, run } from "./rows.ts";

describe("the Node that runs the tests", () => {
  testWith("sqlite3")("imports the package", () => expectWorkOnFiles(consumer(), process.execPath, (colony) => ["on-files.js", colony]));

  testWith("sqlite3")("requires it", () => expectWorkOnFiles(consumer(), process.execPath, (colony) => ["on-files.cjs", colony]));

  testWith("sqlite3")("imports the slim entry, and the wasm as a file", () =>
    expectWorkOnFiles(consumer(), process.execPath, (colony) => ["on-files-slim.js", colony]));

  testWith()("is told what the slim entry needs", async () => {
    const folder = consumer();
    writeFileSync(join(folder, "bare.js"), `
      import { ensureProgressDb } from "hive-progress-db/slim";
      await ensureProgressDb("colony").catch(({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })));
    `);
    expect(JSON.parse(await run(folder, process.execPath, ["bare.js"]))).toEqual({
      code: "INVALID_INPUT",
      message: "wasm: the slim entry has none inside",
      hint: expect.stringContaining("hive-progress-db/sql-wasm.wasm") as string,
    });
  });

  testWith()("imports every subpath by its name", async () => {
    const folder = consumer();
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, unknown> };
    const subpaths = Object.keys(exports).filter((name) => !/\.(json|wasm)$/.test(name)).map((name) => name.replace(".", "hive-progress-db"));
    writeFileSync(join(folder, "all.js"), `
      for (const name of ${JSON.stringify(subpaths)}) if (Object.keys(await import(name)).length === 0) throw new Error(name + " exports nothing");
      console.log("all");
    `);
    expect(await run(folder, process.execPath, ["all.js"])).toBe("all\n");
    expect(subpaths.length).toBeGreaterThan(6);
  });
});

describe.each([20, 22, 24, 26])("Node %i", (version) => {
  const node = tool(`node${version}/bin/node`);

  testFull("is that version", async () => {
    expect(await run(".", node, ["--version"])).toMatch(new RegExp(`^v${version}\\.`));
  });

  testFull("imports, requires, and takes the wasm as a file", async () => {
    const folder = consumer();
    for (const program of ["on-files.js", "on-files.cjs", "on-files-slim.js"]) {
      await expectWorkOnFiles(folder, node, (colony) => [program, colony]);
    }
  });

  testFull("says nothing on stderr that is ours to mend", async () => {
    const folder = consumer();
    const printed = await run(folder, "sh", ["-c", `"$0" on-files.js "$1" 2>&1 >/dev/null`, node, join(folder, "quiet")]);
    expect(printed).toBe("");
  });
});

// The runtimes' own tests of it are in test/lock/native.test.ts; only here is there a Node that has node:ffi.
testFull("Node 26 has the native lock", async () => {
  const folder = consumer();
  writeFileSync(join(folder, "cases.js"), `
    import { mkdtempSync, writeFileSync } from "node:fs";
    import { native } from "hive-progress-db/lock/native";
    import { lockCases } from "hive-progress-db/testing";
    for (const each of lockCases) {
      const path = mkdtempSync("case-") + "/database";
      for (const name of [path, path + "-other"]) writeFileSync(name, "");
      await each.run({ adapter: native(), path });
    }
    console.log(lockCases.length);
  `);
  expect(Number(await run(folder, tool("node26/bin/node"), ["cases.js"]))).toBeGreaterThan(10);
});
