import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { colony, json, said, seeded, type How } from "./kit.ts";
import { testWith } from "../helpers.ts";
import { native } from "../colony-kit.ts";
import { start as startColony, ending } from "./kit.ts";

/** Every exit code, reached from outside, with words for people and with JSON for programs. */

interface Case {
  readonly exit: number;
  readonly code: string;
  readonly args: readonly string[];
  readonly how?: How;
  /** What a person must find in the message or the hint. */
  readonly says: RegExp;
}

async function expectFailure({ exit, code, args, how, says }: Case): Promise<void> {
  const name = `colony ${args.join(" ")}`;
  const [plain, machine] = await Promise.all([colony(args, how), colony([...args, "--json"], how)]);
  expect([plain.status, machine.status], `${name}\n${plain.stderr}${machine.stderr}`).toEqual([exit, exit]);
  expect(plain.stderr, name).toMatch(says);
  expect(plain.stderr, name).toMatch(/^colony: /);
  expect(machine.stderr.trimEnd().split("\n"), name).toHaveLength(1);
  const { error } = JSON.parse(machine.stderr) as { error: Record<string, unknown> };
  expect(error, name).toMatchObject({ code, exit, retryable: exit === 5 });
  expect(error["message"], name).toEqual(expect.stringMatching(/./));
  expect(error["hint"], name).toEqual(expect.stringMatching(/./));
  expect(`${String(error["message"])}\n${String(error["hint"])}`, name).toMatch(says);
}

describe("exit codes", () => {
  test("0: it worked, and an empty list is a result", async () => {
    const { path } = await seeded();
    expect(await colony(["list", "--db", path])).toMatchObject({ status: 0, stdout: "" });
    expect(await json(["list", "--db", path])).toMatchObject({ tasks: [], next: null });
    expect(await json(["failures", "--db", path])).toMatchObject({ failures: [] });
  });

  test("2: the command is wrong; it says how it is right", async () => {
    const { path } = await seeded([{ goal: "g", id: "a" }]);
    const db = ["--db", path];
    await expectFailure({ exit: 2, code: "USAGE", args: ["clam"], says: /did you mean claim/ });
    await expectFailure({ exit: 2, code: "USAGE", args: ["list", "--staus", "done"], says: /did you mean --status/ });
    await expectFailure({ exit: 2, code: "USAGE", args: ["list", "--limit", "many"], says: /whole number, not many/ });
    await expectFailure({ exit: 2, code: "USAGE", args: ["claim", ...db], says: /COLONY_WORKER/ });
    await expectFailure({ exit: 2, code: "USAGE", args: ["step", ...db], says: /step done/ });
    await expectFailure({ exit: 2, code: "INVALID_INPUT", args: ["seed", "-", ...db], how: { input: '[{"goal":"g"},{"gaol":"g"}]' }, says: /task\[1\]/ });
    await expectFailure({ exit: 2, code: "INVALID_INPUT", args: ["seed", "-", ...db], how: { input: '{"goal":"g"}\n{"goal":' }, says: /line 2/ });
    await expectFailure({ exit: 2, code: "INVALID_INPUT", args: ["retry", "a", ...db], says: /it is pending, not failed/ });
    await expectFailure({ exit: 2, code: "INVALID_INPUT", args: ["info", "--colony", "../x"], says: /not a path/ });
    expect((await json<{ tasks: unknown[] }>(["list", ...db])).tasks).toHaveLength(1); // Nothing was written.
  });

  test("3: nothing to claim; 4: the claim is another's; 6: gates are open", async () => {
    const { path } = await seeded([{ goal: "g", id: "aa", sop_items: [{ key: "proofread", description: "read it" }] }]);
    const db = ["--db", path];
    const { task } = await json<{ task: { claim_token: string } }>(["claim", "--worker", "w-1", ...db]);
    await expectFailure({ exit: 3, code: "NOTHING_TO_CLAIM", args: ["claim", "--worker", "w-2", ...db], says: /drained/ });
    await expectFailure({ exit: 4, code: "CLAIM_LOST", args: ["claim", "--id", "aa", "--worker", "w-2", ...db], says: /claimed, worker w-1/ });
    await expectFailure({ exit: 4, code: "CLAIM_LOST", args: ["done", "aa", "--worker", "w-2", ...db], says: /worker w-1/ });
    await expectFailure({ exit: 4, code: "CLAIM_LOST", args: ["heartbeat", "aa", "--token", "wrong", ...db], says: /no longer in your hands/ });
    await expectFailure({ exit: 6, code: "SOP_OPEN", args: ["done", "aa", "--token", task.claim_token, ...db], says: /proofread[\s\S]*colony gate done/ });
    await said(["gate", "done", "aa", "proofread", "--worker", "w-1", ...db]);
    await said(["done", "aa", "--worker", "w-1", ...db]);
    await expectFailure({ exit: 4, code: "CLAIM_LOST", args: ["done", "aa", "--worker", "w-1", ...db], says: /it is done/ });
  });

  testWith("sqlite3")("5: the lock is another's for longer than --timeout, and only that is retryable", async () => {
    const { path } = await seeded([{ goal: "g" }]);
    mkdirSync(`${path}.lock`); // As a native client of the same protocol has it.
    await expectFailure({ exit: 5, code: "BUSY", args: ["claim", "--worker", "w", "--timeout", "50ms", "--db", path], says: /--timeout/ });
  });

  test("7: no such database, task, step or gate; a beginning that fits several", async () => {
    const { folder, path } = await seeded([{ goal: "g", id: "abc-1", steps: [{ title: "s" }] }, { goal: "g", id: "abc-2" }]);
    const db = ["--db", path];
    await said(["claim", "--id", "abc-1", "--worker", "w", ...db]);
    await expectFailure({ exit: 7, code: "NOT_FOUND", args: ["list", "--db", join(folder, "no.db")], says: /colony init/ });
    await expectFailure({ exit: 7, code: "NOT_FOUND", args: ["show", "zzz", ...db], says: /colony list/ });
    await expectFailure({ exit: 7, code: "NOT_FOUND", args: ["show", "abc", ...db], says: /abc-1, abc-2/ });
    await expectFailure({ exit: 7, code: "NOT_FOUND", args: ["step", "start", "abc-1", "9", "--worker", "w", ...db], says: /its steps are 1/ });
    await expectFailure({ exit: 7, code: "NOT_FOUND", args: ["gate", "done", "abc-1", "no", "--worker", "w", ...db], says: /no SOP items/ });
  });

  testWith("sqlite3")("8: writing is refused; 11: no database; 12: one of a newer release; 1: the disk fails, or doctor finds something", async () => {
    const { folder, path } = await seeded([{ goal: "g", id: "a" }]);
    await expectFailure({ exit: 8, code: "READ_ONLY", args: ["claim", "--worker", "w", "--readonly", "--db", path], says: /leave out --readonly/ });

    const broken = join(folder, "broken.db");
    writeFileSync(broken, "this is not a database, ".repeat(500));
    await expectFailure({ exit: 11, code: "CORRUPT", args: ["list", "--db", broken], says: /\.recover/ });

    const newer = join(folder, "newer.db");
    copyFileSync(path, newer);
    native(newer, "PRAGMA user_version = 99");
    await expectFailure({ exit: 12, code: "NEWER_SCHEMA", args: ["claim", "--worker", "w", "--db", newer], says: /update hive-progress-db/ });
    expect((await json<{ tasks: unknown[] }>(["list", "--db", newer])).tasks).toHaveLength(1);

    mkdirSync(join(folder, "a-folder.db"));
    await expectFailure({ exit: 1, code: "IO", args: ["list", "--db", join(folder, "a-folder.db")], says: /EISDIR/ });
    native(path, "UPDATE tasks SET status = 'blocked'");
    expect((await colony(["doctor", "--db", path])).status).toBe(1);
  });

  test("130 and 143: interrupted, terminated", async () => {
    const { path } = await seeded();
    for (const [signal, status, code] of [["SIGINT", 130, "INTERRUPTED"], ["SIGTERM", 143, "TERMINATED"]] as const) {
      const child = startColony(["status", "--watch", "100ms", "--jsonl", "--db", path]);
      const end = ending(child);
      await new Promise((resolve) => child.stdout.once("data", resolve));
      child.kill(signal);
      const ran = await end;
      expect(ran.status, ran.stderr).toBe(status);
      expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code, exit: status, retryable: false } });
    }
  });
});
