import { join } from "node:path";
import { expect } from "vitest";
import { python, sqlite3, tempDir, testWith } from "../helpers.ts";
import { OURS } from "./sqlite3-kit.ts";

/** `colony-sqlite3` on a terminal, which Python makes. */

/** Types keys one after another, each once the terminal shows what stands before it; prints all it showed and how the process ended. */
const TYPIST = `
import json, os, pty, select, sys, time
argv, keys = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, fd = pty.fork()
if pid == 0: os.execvp(argv[0], argv)
out = b""
def read(until):
    global out
    end, start = time.time() + 20, len(out)
    while until is None or until.encode() not in out[start:]:
        if time.time() > end: sys.exit(f"waited in vain for {until!r}: {out!r}")
        if not select.select([fd], [], [], 0.2)[0]: continue
        try: data = os.read(fd, 4096)
        except OSError: return
        if not data: return
        out += data
for until, key in keys:
    read(until)
    time.sleep(0.1)
    os.write(fd, key.encode())
read(None)
status = os.waitpid(pid, 0)[1]
print(json.dumps({"shown": out.decode(), "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)}))`;

const testOnTerminal = testWith("python3", "sqlite3");

function type(keys: readonly (readonly [until: string, key: string])[]): { shown: string; exit: number; path: string } {
  const path = join(tempDir(), "a.db");
  sqlite3(path, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  const result = JSON.parse(python(TYPIST, JSON.stringify([...OURS, path]), JSON.stringify(keys))) as { shown: string; exit: number };
  return { ...result, path };
}

const END_OF_INPUT = "\u0004";
const CTRL_C = "\u0003";

testOnTerminal("on a terminal there is a prompt, another inside a statement, and Ctrl-D ends", () => {
  const { shown, exit, path } = type([["sqlite> ", "SELECT x, 'é' FROM t\r"], ["   ...> ", "WHERE x = 1;\r"], ["1|é", "UPDATE t SET x = 2;\r"], ["sqlite> ", END_OF_INPUT]]);
  expect(shown).toContain("1|é\r\n");
  expect(exit).toBe(0);
  expect(sqlite3(path, "SELECT x FROM t")).toBe("2");
});

testOnTerminal("Ctrl-C at the prompt rolls back and ends; in the midst of a statement it ends the statement, and all of it", () => {
  const { exit, path } = type([["sqlite> ", "BEGIN IMMEDIATE; UPDATE t SET x = 2;\r"], ["sqlite> ", CTRL_C]]);
  expect(exit).toBe(130);
  expect(sqlite3(`file:${path}?vfs=unix-dotfile`, "SELECT x FROM t")).toBe("1");
  const endless = type([["sqlite> ", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;\r"], ["FROM n;\r", CTRL_C]]);
  expect(endless.exit).toBe(-2);
});
