import { describe, expect } from "vitest";
import { testWith } from "../helpers.ts";
import { COMMAND_LINES, EXPRESSIONS, MISTAKES, PRAGMAS, READS, SESSIONS, WRITES } from "./sqlite3-cases.ts";
import { inPairs, NATIVE, OURS, type Outcome, run, Workshop } from "./sqlite3-kit.ts";

/**
 * The same words to the real `sqlite3` shell and to ours: the same answers. What
 * differs on purpose is in docs/sqlite3.md and in sqlite3-differences.test.ts;
 * here it is left out by name.
 */

const testWithSqlite3 = testWith("sqlite3");
const workshop = new Workshop();

/** Other releases of SQLite, built in another way, say something else here. */
const ENGINE: ReadonlySet<string> = new Set(["SELECT CAST(1e15 AS TEXT)", "PRAGMA secure_delete", "PRAGMA collation_list"]);

/** Reals that are to be read back have all their digits, but not the same number of them. */
const sameReals = (text: string): string => text.replaceAll(/\d+\.\d+(e[+-]\d+)?/g, (real) => String(Number(real)));
/** No rows are `[]` in JSON. */
const noRows = (text: string): string => text.replaceAll(/^\[\]\n/gm, "");

/** The answers to each statement; one process runs them all. */
async function answers(shell: readonly string[], options: readonly string[], statements: readonly string[]): Promise<{ stdout: string[]; stderr: string[]; status: number | null }> {
  const input = statements.map((statement, index) => `.print @@${index}@@\n${statement};\n`).join("");
  const { stdout, stderr, status } = await run(shell, [...options, workshop.copy()], { input, cwd: workshop.folder });
  // What is pointed at in the SQL is left to a person's eye.
  return { stdout: stdout.split(/@@\d+@@\n/).slice(1), stderr: stderr.split("\n").filter((line) => /^(Parse|Runtime|Error)/.test(line)), status };
}

function compare(name: string, options: readonly string[], statements: readonly string[], same: (text: string) => string = (text) => text): void {
  const compared = statements.filter((statement) => !ENGINE.has(statement));
  testWithSqlite3(`${name}: ${compared.length} statements`, async () => {
    const [native, ours] = await Promise.all([answers(NATIVE, options, compared), answers(OURS, options, compared)]);
    expect(native.stdout).toHaveLength(compared.length);
    const told = (stdout: string[]): object => Object.fromEntries(compared.map((statement, index) => [statement, same(stdout[index]!)]));
    expect(told(ours.stdout)).toEqual(told(native.stdout));
    expect(ours.stderr).toEqual(native.stderr);
    expect(ours.status).toBe(native.status);
  });
}

describe("every output mode", () => {
  for (const options of [
    ["-list"], ["-csv"], ["-line"], ["-column"], ["-column", "-header"], ["-table"], ["-box"], ["-markdown"], ["-html"], ["-html", "-header"],
    ["-tabs"], ["-ascii"], ["-list", "-header", "-nullvalue", "NULL", "-separator", " ; "], ["-csv", "-header"], ["-cmd", ".mode csv", "-header"], ["-cmd", ".mode tcl"],
  ]) compare(options.join(" "), options, READS);
  for (const options of [["-json"], ["-quote"], ["-quote", "-header"], ["-cmd", ".mode insert t"], ["-cmd", ".mode insert t", "-header"]]) {
    compare(options.join(" "), options, READS, (text) => noRows(sameReals(text)));
  }
});

describe("every kind of statement", () => {
  const selects = EXPRESSIONS.map((expression) => `SELECT ${expression}`);
  compare("expressions", ["-list", "-header"], selects);
  compare("expressions in JSON", ["-json"], selects, sameReals);
  compare("writing", ["-list", "-header"], WRITES);
  compare("writing, in JSON", ["-json"], WRITES, noRows);
  compare("writing, in a box", ["-box"], WRITES);
  compare("pragmas", ["-list"], PRAGMAS);
  compare("mistakes", ["-list"], MISTAKES);
});

const firstLine = (text: string): string => text.split("\n")[0]!.replace(/^(colony-)?sqlite3: /, "").replaceAll(/copy-\d+/g, "copy");

function comparable({ stdout, stderr, status }: Outcome): object {
  return { stdout: stdout.replaceAll(/copy-\d+/g, "copy"), stderr: firstLine(stderr), status };
}

testWithSqlite3(`${COMMAND_LINES.length} command lines: output, exit status, and what is said on stderr`, async () => {
  const told = await inPairs(COMMAND_LINES, async (line) => {
    const outcome = (shell: readonly string[]): Promise<Outcome> => {
      const copy = workshop.copy();
      return run(shell, line.map((word) => word.replace("DB", copy)), { cwd: workshop.folder });
    };
    return { line, native: comparable(await outcome(NATIVE)), ours: comparable(await outcome(OURS)) };
  });
  expect(told.map(({ line, ours }) => ({ line, ...ours }))).toEqual(told.map(({ line, native }) => ({ line, ...native })));
});

testWithSqlite3(`${SESSIONS.length} inputs: output, exit status, and all that is said on stderr`, async () => {
  const told = await inPairs(SESSIONS, async ([input, ...options]) => {
    const outcome = async (shell: readonly string[]): Promise<object> => {
      const { stdout, stderr, status } = await run(shell, [...options, workshop.copy()], { input, cwd: workshop.folder });
      return { stdout, stderr: stderr.split("\n").filter((text) => !text.startsWith("  ")), status };
    };
    return { input, native: await outcome(NATIVE), ours: await outcome(OURS) };
  });
  expect(told.map(({ input, ours }) => ({ input, ...ours }))).toEqual(told.map(({ input, native }) => ({ input, ...native })));
});
