import { spawn } from "node:child_process";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { root, testWith } from "../helpers.ts";
import { cleanEnv, colony, COLONY, said, seeded, withDb } from "./kit.ts";

/** What is drawn on a terminal, and what where none is. */

const ESC = "\x1b[";
const HOME = `${ESC}H`;
const TO_SCREEN_END = `${ESC}J`;
/** Escapes that end so: `m` colours, `H`, `K` and `J` draw. */
const escapes = (end: string): RegExp => new RegExp(`${ESC.replace("[", "\\[")}[0-9;]*${end}`, "g");

/** A command on a pseudo-terminal, and all it has shown so far. */
class Terminal {
  shown = "";
  readonly status: Promise<number | null>;
  readonly #child;
  #wake = (): void => {};

  constructor(columns: number, rows: number, args: readonly string[], env: Record<string, string> = {}) {
    this.#child = spawn("python3", [join(root, "test/processes/terminal.py"), String(columns), String(rows), ...COLONY, ...args], { env: cleanEnv(env) });
    onTestFinished(() => void this.#child.kill("SIGKILL"));
    this.#child.stdout.on("data", (data: Buffer) => {
      this.shown += data.toString();
      this.#wake();
    });
    this.status = new Promise((resolve) => this.#child.on("close", (code) => {
      this.#wake();
      resolve(code);
    }));
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Waits until what was shown since the last frame, or at all, matches. */
  async sees(pattern: RegExp, { inFrame = true } = {}): Promise<void> {
    while (!pattern.test(inFrame ? this.frame() : this.shown)) {
      if (this.#child.exitCode !== null) throw new Error(`it ended without ${String(pattern)}:\n${this.shown}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The last picture that is there to its end, without colours. */
  frame(): string {
    const end = this.shown.lastIndexOf(TO_SCREEN_END);
    return plain(this.shown.slice(this.shown.lastIndexOf(HOME, end), end));
  }
}

const plain = (text: string): string => text.replace(escapes("m"), "");

describe("status", () => {
  testWith("python3")("--watch draws in place, as wide as the terminal, and gives the screen back", async () => {
    const { path } = await seeded(Array.from({ length: 40 }, (_, n) => ({ id: `t${n}`, goal: `a long goal that no screen of forty columns can hold, number ${n}` })));
    await withDb(path, async (db) => {
      for (let n = 0; n < 10; n++) await db.completeTask((await db.claimTask({ workerId: "w" }))!);
      for (let n = 0; n < 5; n++) await db.failTask((await db.claimTask({ workerId: "w" }))!, { error: `HTTP 50${n} at https://example.org/${n}` });
      await db.claimTask({ workerId: "worker-with-a-name-that-is-long" });
    });
    const terminal = new Terminal(80, 30, ["status", "--watch", "100ms", "--db", path]);
    await terminal.sees(/✓ 10 done/);
    expect(terminal.shown.startsWith(`${ESC}?1049h${ESC}?25l`)).toBe(true);
    expect(terminal.frame()).toMatch(/37%/);
    expect(terminal.frame()).toContain("5 × HTTP <n> at <url>");
    expect(terminal.frame()).toMatch(/left +25 tasks, about/);
    await withDb(path, async (db) => db.completeTask((await db.claimTask({ workerId: "w" }))!));
    await terminal.sees(/✓ 11 done/);
    terminal.type("size 40 12");
    await terminal.sees(/^.{20,39} {2}40%/m);
    const lines = terminal.frame().split("\r\n");
    expect(lines.length).toBeLessThanOrEqual(12);
    for (const line of lines) expect(Array.from(line.replace(escapes("[HKJ]"), "")).length, line).toBeLessThanOrEqual(40);
    terminal.type("^C");
    expect(await terminal.status).toBe(130);
    const end = terminal.shown.slice(terminal.shown.indexOf(`${ESC}?25h${ESC}?1049l`));
    expect(plain(end)).toContain("✓ 11 done");
    expect(end).not.toContain(HOME);
  });

  test("--watch is lines where no terminal is, one for each change, without an escape", async () => {
    const { path } = await seeded([{ id: "a", goal: "g" }]);
    const child = spawn(COLONY[0]!, [...COLONY.slice(1), "status", "--watch", "100ms", "--db", path], { env: cleanEnv() });
    onTestFinished(() => void child.kill("SIGKILL"));
    let out = "";
    let wake = (): void => {};
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
      wake();
    });
    const lines = async (count: number): Promise<void> => {
      while (out.split("\n").length <= count) await new Promise<void>((resolve) => (wake = resolve));
    };
    await lines(1);
    await said(["claim", "--worker", "w", "--db", path]);
    await lines(2);
    expect(out.split("\n").slice(0, 2)).toEqual([
      expect.stringMatching(/^\d{4}-.* UTC {2}0\/1 done, 0 failed, 0 in hand, 1 pending, none finished in the last 1d, left: 1 task$/),
      expect.stringMatching(/ 0\/1 done, 0 failed, 1 in hand, 0 pending,/),
    ]);
  });

  test("colours are for terminals, and for FORCE_COLOR; NO_COLOR and --no-color turn them off", async () => {
    const { path } = await seeded([{ id: "a", goal: "g" }]);
    const colored = async (args: string[], env: Record<string, string>): Promise<boolean> => (await colony(["list", "--db", path, ...args], { env })).stdout.includes(ESC);
    expect(await Promise.all([
      colored([], {}), colored([], { FORCE_COLOR: "1" }), colored(["--no-color"], { FORCE_COLOR: "1" }), colored([], { FORCE_COLOR: "1", NO_COLOR: "1" }),
    ])).toEqual([false, true, false, false]);
  });
});

testWith("python3")("seed shows how far it is on a terminal when it takes long, and clears it away; not elsewhere, not with -q", async () => {
  const { folder, path } = await seeded();
  const file = join(folder, "many.jsonl");
  writeFileSync(file, Array.from({ length: 150_000 }, (_, n) => `{"goal":"g${n}"}\n`).join(""));
  const terminal = new Terminal(80, 24, ["seed", file, "--dry-run", "--json", "--fields", "id", "--db", path]);
  await terminal.sees(/seeding {2}[█▏▎▍▌▋▊▉─]{24} {2}\d+% {2}[\d,]+ of 150,000/, { inFrame: false });
  expect(await terminal.status).toBe(0);
  expect(terminal.shown).toContain(`\r${ESC}K{"schema":1`);
  const { stderr, status } = await colony(["seed", file, "--dry-run", "--db", path]);
  expect([status, stderr]).toEqual([0, "would seed 150000 tasks\n"]);
}, 120_000);
