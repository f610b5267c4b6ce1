import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tempDir } from "../helpers.ts";
import { cleanEnv, COLONY, said, seeded } from "./kit.ts";

/** The completion scripts, in the shells they are for. */

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0;
}

/** `test`, or a visible skip; in CI a missing shell is a failure. */
function testIn(shell: string): typeof test {
  if (has(shell)) return test;
  if (process.env["CI"] !== undefined) return ((name: string) => test(name, () => expect.fail(`CI must have ${shell}`))) as unknown as typeof test;
  process.stderr.write(`SKIPPED: these tests need ${shell}, which this machine does not have\n`);
  return test.skip as unknown as typeof test;
}

const scripts = new Map<string, string>();
beforeAll(() => {
  for (const shell of ["bash", "zsh", "fish", "pwsh"]) {
    scripts.set(shell, execFileSync(COLONY[0]!, [...COLONY.slice(1), "completion", shell], { encoding: "utf8" }));
  }
});

/** A folder with the script and a `colony` on the path. */
async function place(shell: string): Promise<{ script: string; env: Record<string, string | undefined> }> {
  const { path } = await seeded([{ id: "abc-1", goal: "Write: the letter" }, { id: "xyz-2", goal: "g" }]);
  const folder = tempDir();
  const script = join(folder, `colony.${shell}`);
  writeFileSync(script, scripts.get(shell)!);
  writeFileSync(join(folder, "colony"), `#!/bin/sh\nexec ${COLONY.map((word) => `'${word}'`).join(" ")} "$@"\n`, { mode: 0o755 });
  return { script, env: cleanEnv({ COLONY_DB: path, PATH: `${folder}:${process.env["PATH"]}`, HOME: folder }) };
}

/** What is typed before Tab, and words that must be offered, or must not. */
const CASES: readonly { typed: string; offered: readonly string[]; not?: readonly string[] }[] = [
  { typed: "colony cl", offered: ["claim"], not: ["status"] },
  { typed: "colony step ", offered: ["start", "done", "fail", "skip"], not: ["claim"] },
  { typed: "colony claim --w", offered: ["--wait", "--with-plan", "--worker"], not: ["--goal"] },
  { typed: "colony completion ", offered: ["bash", "zsh", "fish", "pwsh"] },
  { typed: "colony list --status ", offered: ["pending", "in_progress", "failed"] },
  { typed: "colony --db some.db gate ", offered: ["list", "done"] },
];

function check(words: readonly string[], { typed, offered, not = [] }: (typeof CASES)[number]): void {
  expect(words, typed).toEqual(expect.arrayContaining([...offered]));
  for (const word of not) expect(words, typed).not.toContain(word);
}

describe("completion", () => {
  testIn("bash")("in bash", async () => {
    const { script, env } = await place("bash");
    const complete = (typed: string): string[] => execFileSync("bash", ["--norc", "-c", `
      source "$1"
      read -ra COMP_WORDS <<< "$2"
      [[ "$2" == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
      _colony
      printf '%s\\n' "\${COMPREPLY[@]}"`, "bash", script, typed], { encoding: "utf8", env }).split("\n").filter((line) => line !== "");
    for (const each of CASES) check(complete(each.typed), each);
    expect(complete("colony show ")).toEqual(["abc-1", "xyz-2"]);
    expect(complete("colony show ab")).toEqual(["abc-1"]);
    expect(complete("colony show --db ")).not.toContain("abc-1");
    // The shell itself knows it: what Tab would do.
    expect(execFileSync("bash", ["--norc", "-c", `source "$1"; complete -p colony`, "bash", script], { encoding: "utf8", env })).toBe("complete -F _colony colony\n");
  });

  testIn("fish")("in fish", async () => {
    const { script, env } = await place("fish");
    const complete = (typed: string): string[] => execFileSync("fish", ["--no-config", "-c", `source ${script}; complete -C '${typed}'`], { encoding: "utf8", env })
      .split("\n").map((line) => line.split("\t")[0]!).filter((line) => line !== "");
    for (const each of CASES) check(complete(each.typed), each);
    expect(complete("colony show ")).toEqual(["abc-1", "xyz-2"]);
    expect(complete("colony show ab")).toEqual(["abc-1"]);
  });

  testIn("zsh")("in zsh, by Tab on a terminal of its own", async () => {
    const { script, env } = await place("zsh");
    // A pseudo-terminal with a zsh in it: Tab is typed, and what it shows is read.
    const drive = `
      zmodload zsh/zpty
      TERM=dumb
      zpty -b shell zsh -f -i
      send() { zpty -w shell "$1" }
      send "PS1='READY> '; setopt nobeep; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; LISTMAX=0; stty -echo; source $1"
      sleep 0.5
      zpty -w -n shell "$2"$'\\t'
      sleep 0.2
      zpty -w -n shell $'\\t'
      for i in {1..50}; do
        sleep 0.1
        while zpty -r -t shell line; do out+=$line; quiet=0; done
        (( ++quiet > 8 )) && break
      done
      zpty -d shell
      print -r -- "$out"`;
    const complete = (typed: string): string[] => execFileSync("zsh", ["-f", "-c", drive, "zsh", script, typed], { encoding: "utf8", env, timeout: 30_000 })
      .split("READY> ").slice(1).join(" ").split(/[\s\r\n]+/);
    check(complete("colony cla"), { typed: "colony cla", offered: ["claim"] });
    check(complete("colony step "), CASES[1]!);
    check(complete("colony completion "), CASES[3]!);
    check(complete("colony show ab"), { typed: "colony show ab", offered: ["abc-1"] });
  });

  test("each script names every command and flag", async () => {
    const { commands } = JSON.parse(await said(["schema"])) as { commands: { name: string; flags: { name: string }[] }[] };
    expect(commands.length).toBeGreaterThan(25);
    for (const [shell, script] of scripts) {
      for (const { name, flags } of commands) {
        for (const word of name.split(" ")) expect(script, `${shell}: ${name}`).toContain(word);
        for (const flag of flags) expect(script, `${shell}: ${flag.name}`).toContain(flag.name);
      }
    }
  });
});
