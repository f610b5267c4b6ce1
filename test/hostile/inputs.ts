import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Random } from "../random.ts";

/** Texts and files that mean harm, made from a seed. */

const KEYS = ["goal", "id", "seq", "priority", "payload", "max_retries", "parent_task_id", "steps", "sop_items", "title", "detail", "key", "description", "required", "note", "workerId", "limit", "taskId", "claim_token", "evidence", "error", "status", "after", "__proto__", "constructor", "toString", "length", ""];
const VALUES: readonly unknown[] = [
  null, true, false, 0, 1, -1, 1.5, -0, 2 ** 53, -(2 ** 63), 1e308, 5e-324, "", " ", "x", "mine", "ready", "old-1", "\0", "a\0b", "\ud800", "\u202e", "🐝", "'; DROP TABLE tasks; --", "../../etc/passwd",
  "x".repeat(5000), "%s%n", "NaN", "Infinity", "[object Object]", "pending", "done", [], {}, [[]], [null],
];

/** Any JSON: half of the time nearly what a queen would give. */
export function anyTasks(random: Random): unknown {
  if (random.chance(0.1)) return anyJson(random, 4);
  return Array.from({ length: random.below(4) }, (_, index) => {
    const task: Record<string, unknown> = { goal: "g", id: `t${index}`, steps: [{ title: "s" }], sop_items: [{ key: "k", description: "d" }] };
    for (let count = random.below(4); count > 0; count--) {
      const [, target] = random.pick([["task", task], ["step", (task["steps"] as unknown[])?.[0]], ["item", (task["sop_items"] as unknown[])?.[0]]] as const);
      if (typeof target === "object" && target !== null) Object.assign(target, { [random.pick(KEYS)]: anyJson(random, 2) });
    }
    return task;
  });
}

function anyJson(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.6)) return random.pick(VALUES);
  if (random.chance()) return Array.from({ length: random.below(4) }, () => anyJson(random, depth - 1));
  return Object.fromEntries(Array.from({ length: random.below(4) }, () => [random.pick(KEYS), anyJson(random, depth - 1)]));
}

const CONFIGS: readonly string[] = [
  '{"system_prompt": "p"}', '{\n  "system_prompt": "p",\n  "input_data": {\n    "a": 1.0,\n    "b": 12345678901234567890\n  }\n}\n', '\uFEFF{"system_prompt":"p","input_data":null}\r\n',
  '{"input_data":{"db_path":"old","db_path":"older"},"system_prompt":"p","2":1,"1":2}', '{"system_prompt":"\\ud83d\\ude00 \\u0000","__proto__":{"input_data":{}},"input_data":[]}', '{"system_prompt":"p","input_data":{"__proto__":1}}',
  `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`, `{"system_prompt":"p","deep":${"[".repeat(5000)}${"]".repeat(5000)}}`, '{"system_prompt":"p",}', "[]", "null", '"system_prompt"', "", "{", '{"system_prompt":1e999}', '{"system_prompt":"p"}{"system_prompt":"q"}', '// c\n{"system_prompt":"p"}',
];
const PIECES = ['"', "{", "}", "[", "]", ",", ":", "\\", "\\u", "null", "1e5", "\n", "\t", '"input_data"', '"system_prompt":"p"', '"db_path":', "\u2028", "\0"];

export function anyConfig(random: Random): Uint8Array {
  let text = random.pick(CONFIGS);
  for (let count = random.below(4); count > 0; count--) {
    const at = random.below(text.length + 1);
    text = text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.below(3));
  }
  const bytes = new TextEncoder().encode(text);
  if (random.chance(0.1) && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** Puts things where the lock and its owners' facts are. Some of them say that the lock is taken. */
export function litterLock(random: Random, dbPath: string): void {
  const owners = `${dbPath}.lock-owners`;
  const tokens = ["aaaa", "bbbb", "cccc"];
  const place = (path: string): void => {
    const token = random.pick(tokens);
    const facts = {
      token, pid: random.pick([1, 0, -1, 2 ** 31, process.pid, 99999999, 1.5]), host: random.pick([hostname(), "elsewhere", ""]), since: "2026-01-01T00:00:00.000Z",
      startTime: random.pick(["1", undefined, "x"]), bootId: random.pick(["boot", undefined]), pidNamespace: random.pick(["pid:[1]", undefined]), isBroken: random.pick([true, false, undefined, "yes"]),
    };
    switch (random.below(10)) {
      case 0:
        return mkdirSync(path);
      case 1:
        return symlinkSync(random.pick(["/dev/zero", "/dev/null", "nowhere", ".", path, "/etc/passwd"]), path);
      case 2:
        return void execFileSync("mkfifo", [path], { stdio: "ignore" });
      case 3:
        return writeFileSync(path, random.bytes(random.below(300)));
      case 4:
        return writeFileSync(path, "");
      case 5:
        return writeFileSync(path, JSON.stringify(random.pick([null, [], {}, { ...facts, token: "../../escape" }, { ...facts, pid: "1" }, { token }])));
      default:
        return writeFileSync(path, JSON.stringify(facts));
    }
  };
  if (random.chance(0.8)) mkdirSync(owners, { recursive: true });
  else place(owners);
  if (random.chance(0.7)) place(`${dbPath}.lock`);
  for (const name of ["aaaa", "bbbb", ...tokens.map((token) => `heir-of-${token}`), "waiting-000-aaaa", "waiting-x", "-", "heir-of-"]) {
    try {
      if (random.chance(0.4)) place(join(owners, name));
    } catch {
      break; // What is in the owners' place is no folder.
    }
  }
}

/** What may stand beside colonies. */
export function litterColonies(random: Random, root: string): void {
  for (let count = 1 + random.below(4); count > 0; count--) {
    const name = random.pick(["a", "b", "c", ".hidden", "with space", "new\nline", "-rf", "\\", "é", "x".repeat(200)]);
    const colony = join(root, name);
    try {
      switch (random.below(7)) {
        case 0:
          mkdirSync(colony);
          break;
        case 1:
          symlinkSync(random.pick(["a", "loop", "nowhere", "/dev/null", "."]), colony);
          break;
        case 2:
          writeFileSync(colony, "a file");
          break;
        case 3:
          mkdirSync(colony);
          execFileSync("mkfifo", [join(colony, random.pick(["data", "worker.json"]))], { stdio: "ignore" });
          break;
        case 4:
          mkdirSync(join(colony, "data"), { recursive: true });
          execFileSync("mkfifo", [join(colony, "data", random.pick(["progress.db", "progress.db-wal", "progress.db-journal"]))], { stdio: "ignore" });
          break;
        case 5:
          mkdirSync(join(colony, "data/progress.db"), { recursive: true });
          break;
        default:
          mkdirSync(join(colony, "data"), { recursive: true });
          symlinkSync(random.pick(["/dev/zero", "progress.db", "nowhere/at/all", "."]), join(colony, "data", random.pick(["progress.db", "progress.db-wal", "progress.db-journal", "progress.db.lock"])));
      }
    } catch {
      // That name is taken.
    }
  }
}
