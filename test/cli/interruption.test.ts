import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { outputOf } from "../helpers.ts";
import { codeOf } from "../colony-kit.ts";
import { cleanEnv, COLONY, ending, said, seeded, start, withDb } from "./kit.ts";

const shell = (script: string, env: Record<string, string>): Promise<string> =>
  outputOf(spawn("bash", ["-c", script], { env: cleanEnv({ ...env, COLONY: COLONY.map((word) => `'${word}'`).join(" ") }), stdio: ["ignore", "pipe", "pipe"] }));

test("a closed pipe ends quietly", async () => {
  const { path } = await seeded(Array.from({ length: 3000 }, (_, n) => ({ goal: `goal ${n} ${"x".repeat(100)}` })));
  const env = { COLONY_DB: path };
  for (const args of ["list --limit 0", "list --limit 0 --json", "status --watch 100ms --jsonl"]) {
    // A writer, so that the watched database changes after its reader has gone.
    const writer = args.includes("watch") ? "(sleep 1; eval \"$COLONY enqueue --goal late\" > /dev/null; sleep 0.3; eval \"$COLONY enqueue --goal later\" > /dev/null) & " : "";
    const script = `${writer}eval "$COLONY ${args}" 2> >(cat >&2; echo stderr-end >&2) | head -c 20 > /dev/null; echo "\${PIPESTATUS[0]}"; wait`;
    expect((await shell(script, env)).trim(), args).toBe("0");
  }
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("Ctrl-C while waiting for a task claims nothing and leaves no lock; a task that comes is claimed at once", async () => {
  const { path } = await seeded();
  const env = { COLONY_DB: path, COLONY_WORKER: "w-1" };
  const waiting = start(["claim", "--wait", "60s"], { env });
  const ended = ending(waiting);
  while (!existsSync(`${path}.lock-owners`)) await new Promise((resolve) => setTimeout(resolve, 20)); // It has opened the database.
  waiting.kill("SIGINT");
  expect(await ended).toMatchObject({ status: 130, stdout: "", stderr: "" });
  expect(existsSync(`${path}.lock`)).toBe(false);

  const patient = start(["claim", "--wait", "60s", "--plain", "--fields", "goal"], { env });
  const got = ending(patient);
  const [id] = (await said(["enqueue", "--goal", "at last"], { env })).split("\n");
  expect(await got).toMatchObject({ status: 0, stdout: "at last\n" });
  await withDb(path, async (db) => expect(await db.getTask(id!)).toMatchObject({ status: "claimed", worker_id: "w-1" }));

  const short = start(["claim", "--wait", "300ms"], { env });
  expect(await ending(short)).toMatchObject({ status: 3, stdout: "" });
});

test("a claim that nobody hears of is given back", async () => {
  const { path } = await seeded([{ id: "a", goal: "g" }]);
  expect(await shell('eval "$COLONY claim --worker w" | true; echo "${PIPESTATUS[0]}"', { COLONY_DB: path })).toBe("0\n");
  await withDb(path, async (db) => {
    const task = await db.getTask("a");
    expect([task.status, task.claim_token]).toEqual(["pending", null]);
    expect(await codeOf(db.heartbeat({ id: "a", claim_token: "x" }))).toBe("CLAIM_LOST");
  });
});
