import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../helpers.ts";
import { cleanEnv, COLONY, seeded } from "./kit.ts";

/** Files of ours that a command loads, as V8 counts them. */
function loaded(args: readonly string[], env: Record<string, string> = {}): { name: string; text: string }[] {
  const folder = mkdtempSync(join(tmpdir(), "hive-coverage-"));
  try {
    execFileSync(COLONY[0]!, [...COLONY.slice(1), ...args], { env: cleanEnv({ ...env, NODE_V8_COVERAGE: folder }), stdio: "pipe" });
    const scripts = readdirSync(folder).flatMap((name) => (JSON.parse(readFileSync(join(folder, name), "utf8")) as { result: { url: string }[] }).result);
    return scripts.map(({ url }) => url).filter((url) => url.startsWith(`file://${root}dist/`)).map((url) => ({
      name: url.slice(`file://${root}dist/`.length), text: readFileSync(new URL(url), "utf8"),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** sql.js's JavaScript or its wasm as text. */
const isEngine = ({ text }: { text: string }): boolean => text.includes("_sqlite3_finalize=") || text.includes("AGFzbQ");

test("help, version, completion, schema and skill never load sql.js; claim does, and nothing that only others need", async () => {
  for (const args of [["--help"], ["--version"], ["help", "claim"], ["help", "exit-codes"], ["completion", "bash"], ["completion", "zsh"], ["completion", "fish"], ["schema"], ["skill"]]) {
    const files = loaded(args);
    expect(files.filter(isEngine).map(({ name }) => name), args.join(" ")).toEqual([]);
    expect(files.map(({ name }) => name), args.join(" ")).toEqual(["cli/colony.cjs", "cli/main.cjs"]);
  }
  const { path } = await seeded([{ goal: "g" }]);
  const files = loaded(["claim", "--worker", "w"], { COLONY_DB: path });
  expect(files.filter(isEngine).map(({ name }) => name)).toEqual(["cli/sql-js.cjs"]); // The test sees what it looks for.
  expect(files.map(({ name }) => name)).toEqual(["cli/colony.cjs", "cli/main.cjs", "cli/sql-js.cjs"]);
});
