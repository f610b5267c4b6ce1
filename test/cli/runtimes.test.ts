import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { root, sqlite3, tempDir, testWith, toolPath } from "../helpers.ts";
import { colony, COLONY, ending, seeded, start, type How } from "./kit.ts";

/** The same run of the same commands on each runtime, and from a binary without any. */

const MAIN = join(root, "dist/cli/colony.cjs");

const RUNS = {
  node: () => COLONY,
  deno: () => [toolPath("deno"), "run", "--no-prompt", "--allow-read", "--allow-write", "--allow-env", "--allow-sys", MAIN],
  bun: () => [toolPath("bun"), MAIN],
  binary: () => {
    const file = join(tempDir(), "colony");
    execFileSync(toolPath("bun"), ["build", "--compile", MAIN, "--outfile", file], { stdio: "pipe", cwd: tempDir() });
    return [file];
  },
} as const;

describe.each(["node", "deno", "bun", "binary"] as const)("colony on %s", (runtime) => {
  testWith(runtime === "binary" ? "bun" : runtime, "sqlite3")("does a task's whole life, with the same words and exit codes", async () => {
    const command = RUNS[runtime]();
    const { folder, path } = await seeded();
    const how: How = { command, cwd: folder, env: { COLONY_WORKER: "w-1" } };
    const run = async (...args: string[]): Promise<string> => {
      const { status, stdout, stderr } = await colony(args, { ...how, input: '[{"id":"abc","goal":"Write","steps":[{"title":"Draft"}],"sop_items":[{"key":"read","description":"d"}],"payload":{"n":12345678901234567890}}]' });
      expect(stderr, args.join(" ")).toBe("");
      return `${status} ${stdout}`;
    };
    expect(await run("seed", "-", "-q")).toBe("0 abc\n");
    expect(await run("claim", "--plain")).toMatch(/^0 abc\t[0-9a-f-]{36}\tWrite\t\{"n":12345678901234567890\}\n$/);
    expect(await run("step", "start", "a", "1")).toBe("0 ▸ in progress  step 1  Draft\n");
    expect(await run("step", "done", "abc", "1", "--evidence", "e")).toBe("0 ✓ done  step 1  Draft\n");
    const open = await colony(["done", "abc", "--json"], how);
    expect(open.status).toBe(6);
    expect(JSON.parse(open.stderr)).toMatchObject({ error: { code: "SOP_OPEN", exit: 6 } });
    expect(await run("gate", "done", "abc", "read", "--plain")).toMatch(/^0 read\t/);
    expect(await run("done", "abc")).toBe("0 ✓ done  abc\n");
    const drained = await colony(["claim"], how);
    expect([drained.status, drained.stderr]).toEqual([3, expect.stringContaining("nothing to claim")]);
    expect(await run("list", "--csv", "--fields", "id,status")).toBe("0 id,status\nabc,done\n");
    expect(await run("status")).toMatch(/^0 .*progress\.db\n\n█+ {2}100%\n✓ 1 done\n/);
    expect(await run("doctor", "--full")).toMatch(/^0 ✓ +\d+ {2}checks passed\n$/);
    expect(await run("--version")).toMatch(/^0 colony \d/);
    expect(sqlite3(path, "PRAGMA integrity_check; SELECT status, worker_id FROM tasks")).toBe("ok\ndone|w-1");

    const waiting = start(["claim", "--wait", "60s"], how);
    const ended = ending(waiting);
    while (!sqlite3Sees(path)) await new Promise((resolve) => setTimeout(resolve, 20));
    waiting.kill("SIGINT");
    expect((await ended).status).toBe(130);
  }, 120_000);
});

/** A client of ours has opened the database. */
function sqlite3Sees(path: string): boolean {
  return execFileSync("sh", ["-c", `ls '${path}.lock-owners' 2> /dev/null || true`], { encoding: "utf8" }) !== "";
}
