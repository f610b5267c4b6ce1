import {
  chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, statSync, symlinkSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ensureProgressDb } from "hive-progress-db";
import { expect, test } from "vitest";
import { python, tempDir, testWith } from "../helpers.ts";
import { WITH_SEED } from "../colony-kit.ts";

const testWithPython = testWith("python3");

/** Files that are to be patched, with what differs from config to config. */
const CONFIGS: Record<string, string> = {
  "nothing special": '{\n  "name": "worker",\n  "system_prompt": "p"\n}',
  "a line break at its end": '{\n  "system_prompt": "p"\n}\n',
  "three line breaks at its end": '{\n  "system_prompt": "p"\n}\n\n\n',
  "an empty prompt": '{\n  "system_prompt": ""\n}',
  "a prompt that is null": '{\n  "system_prompt": null\n}',
  "big integers": '{\n  "system_prompt": "p",\n  "id": 12345678901234567890123,\n  "list": [9007199254740993, -9223372036854775808]\n}',
  "numbers that JavaScript writes otherwise": '{\n  "system_prompt": "p",\n  "a": 1.0,\n  "b": 1e3,\n  "c": -0,\n  "d": 0.10,\n  "e": 1E400,\n  "f": 1e-7\n}',
  "keys that look like integers": '{\n  "z": 1,\n  "10": 2,\n  "system_prompt": "p",\n  "9": 3,\n  "2": {"b": 1, "1": 2}\n}',
  "CRLF": '{\r\n  "system_prompt": "p",\r\n  "a": [\r\n    1\r\n  ]\r\n}\r\n',
  "a BOM": '\uFEFF{\n  "system_prompt": "p"\n}\n',
  "tabs": '{\n\t"system_prompt": "p",\n\t"a": {\n\t\t"b": 1\n\t}\n}\n',
  "four spaces": '{\n    "system_prompt": "p",\n    "input_data": {\n        "a": 1\n    }\n}\n',
  "unicode escapes": '{\n  "system_prompt": "\\u00e9\\ud83d\\udc1d\\/\\u0041 é🐝",\n  "\\u0061": "\\u0000"\n}',
  "an escaped lone surrogate": '{\n  "system_prompt": "\\ud800"\n}',
  "other input": '{\n  "system_prompt": "p",\n  "input_data": {\n    "topic": "bees",\n    "depth": 3\n  },\n  "after": true\n}',
  "input that is null": '{\n  "system_prompt": "p",\n  "input_data": null,\n  "after": true\n}',
  "input that is a list": '{\n  "system_prompt": "p",\n  "input_data": [1, 2],\n  "after": true\n}',
  "input that is a text": '{\n  "input_data": "x",\n  "system_prompt": "p"\n}',
  "input that is empty": '{\n  "input_data": {},\n  "system_prompt": "p"\n}',
  "odd layout": '{ "system_prompt" : "p" ,\n\n\n      "a":[1,2 ,  3],   "b"  :{ }  ,\n "c":   null   }   ',
  "odd layout around the input": '{\n  "system_prompt": "p",   "b":[1,2 ,  3],\n  "input_data": {"x"  :1,   "y":[ ]},  "c":{"d"  :   1}\n}',
  "one line": '{"system_prompt":"p","a":[1,{"b":2}],"c":{"d":null}}',
  "one line with input": '{"system_prompt":"p","input_data":{"a":1,"b":[2,3]},"c":{"d":null}}',
  "one spaced line": '{ "system_prompt": "p", "tools": [ "a", "b" ], "n": 1.0 }\n',
  "a key given twice": '{\n  "system_prompt": "p",\n  "a": 1,\n  "a": 2\n}',
  "deep nesting": `{\n  "system_prompt": "p",\n  "deep": ${"[".repeat(200)}${"]".repeat(200)}\n}`,
  "a __proto__": '{\n  "system_prompt": "p",\n  "__proto__": {"x": 1},\n  "constructor": 1\n}',
  "braces and quotes in texts": '{\n  "system_prompt": "{\\"input_data\\": {}} // no comment, /* none */",\n  "a": "}"\n}',
};

const PLAIN = CONFIGS["nothing special"]!;

/** Here the seed's own rewrite skips the file, loses a key, or fails halfway. */
const NOT_FOR_THE_SEED = new Set(["a BOM", "a key given twice", "an escaped lone surrogate"]);

const STRING = '"(?:[^"\\\\]|\\\\.)*"';

/** The patched text without what was to be added: it must be the text from before. */
function takenBack(after: string, before: string): string {
  let text = after;
  for (const key of ["colony_data_dir", "colony_id", "db_path"]) text = text.replace(new RegExp(`,?\\s*"${key}"\\s*:\\s*${STRING}`), "");
  const was = /"input_data"\s*:\s*(null|\[[^\]]*\]|"x"|\{\s*\})/.exec(before)?.[1];
  if (was !== undefined) return text.replace(/("input_data"\s*:\s*)\{\s*\}/, `$1${was}`);
  return before.includes('"input_data":') && !before.includes("\\") ? text : text.replace(/\s*,?\s*"input_data"\s*:\s*\{\s*\}/, "");
}

function colonyWith(files: Record<string, string | Uint8Array>): string {
  const folder = join(realpathSync(tempDir()), "colony-7");
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function recorder(): { warnings: string[]; info: () => void; warn: (text: string) => void } {
  const warnings: string[] = [];
  return { warnings, info: () => {}, warn: (text) => warnings.push(text) };
}

test.for(Object.entries(CONFIGS))("a config with %s gets the three keys, and nothing else changes", async ([, before]) => {
  const folder = colonyWith({ "worker.json": before });
  const logger = recorder();
  const path = await ensureProgressDb(folder, { logger });
  expect(logger.warnings).toEqual([]);
  const after = readFileSync(join(folder, "worker.json"), "utf8");
  const { input_data: input } = JSON.parse(after.replace("\uFEFF", "")) as { input_data: Record<string, unknown> };
  expect(input).toMatchObject({ db_path: path, colony_id: "colony-7", colony_data_dir: join(folder, "data") });
  expect(takenBack(after, before)).toBe(before);
});

test.for(Object.entries(CONFIGS))("a second run does not touch the patched config with %s", async ([, before]) => {
  const folder = colonyWith({ "worker.json": before });
  const config = join(folder, "worker.json");
  await ensureProgressDb(folder);
  const [first, text] = [statSync(config), readFileSync(config, "utf8")];
  await ensureProgressDb(folder);
  const second = statSync(config);
  expect([second.ino, second.mtimeMs, second.ctimeMs]).toEqual([first.ino, first.mtimeMs, first.ctimeMs]);
  expect(readFileSync(config, "utf8")).toBe(text);
});

testWithPython("Python reads the same data, in the same order, from our configs as from the seed's", async () => {
  const entries = Object.entries(CONFIGS).filter(([name]) => !NOT_FOR_THE_SEED.has(name));
  const files = Object.fromEntries(entries.map(([, text], n) => [`worker-${n}.json`, text]));
  const folder = colonyWith(files);
  const path = await ensureProgressDb(folder);
  const theirs = join(realpathSync(tempDir()), "colony-7");
  mkdirSync(theirs);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(theirs, name), text);
  python(`${WITH_SEED}
seed._patch_worker_configs(Path(sys.argv[1]), Path(sys.argv[2]))
for path in sorted(Path(sys.argv[1]).iterdir()):
    ours = json.loads((Path(sys.argv[3]) / path.name).read_text("utf-8"))
    assert json.dumps(ours) == json.dumps(json.loads(path.read_text("utf-8"))), path.name
assert seed._patch_worker_configs(Path(sys.argv[3]), Path(sys.argv[2])) == 0`, theirs, path, folder);
});

test("wrong values are corrected in place, right ones are left, and the rest of the input stays", async () => {
  const folder = colonyWith({
    "worker.json": '{\n  "input_data": {\n    "db_path": "/old/place",\n    "topic": 1.0,\n    "colony_id": "colony-7",\n    "colony_data_dir": 5\n  },\n  "system_prompt": "p"\n}\n',
  });
  const path = await ensureProgressDb(folder);
  expect(readFileSync(join(folder, "worker.json"), "utf8")).toBe(
    `{\n  "input_data": {\n    "db_path": ${JSON.stringify(path)},\n    "topic": 1.0,\n    "colony_id": "colony-7",\n    "colony_data_dir": ${JSON.stringify(join(folder, "data"))}\n  },\n  "system_prompt": "p"\n}\n`);
});

test("a colony that was moved gets its new paths", async () => {
  const folder = colonyWith({ "worker.json": PLAIN });
  await ensureProgressDb(folder);
  renameSync(folder, `${folder}-moved`);
  const path = await ensureProgressDb(`${folder}-moved`);
  const { input_data: input } = JSON.parse(readFileSync(join(`${folder}-moved`, "worker.json"), "utf8")) as { input_data: unknown };
  expect(input).toEqual({ db_path: path, colony_id: "colony-7-moved", colony_data_dir: join(`${folder}-moved`, "data") });
});

test("what is no worker config is not touched, and said nothing about", async () => {
  const files: Record<string, string> = {
    "metadata.json": PLAIN, "triggers.json": PLAIN, "other.json": '{"input_data": {}}', "list.json": '[{"system_prompt": "p"}]',
    "text.json": '"system_prompt"', "null.json": "null", "worker.json.bak": PLAIN, "worker.JSON": PLAIN,
    "nested.json": '{"a": {"system_prompt": "p"}}',
  };
  const folder = colonyWith(files);
  const before = Object.keys(files).map((name) => statSync(join(folder, name)));
  const logger = recorder();
  await ensureProgressDb(folder, { logger });
  expect(Object.keys(files).map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(Object.values(files));
  expect(Object.keys(files).map((name) => statSync(join(folder, name)).ino)).toEqual(before.map((stat) => stat.ino));
  expect(logger.warnings).toEqual([]);
});

test("a config that cannot be understood is reported and left, and the others are patched", async () => {
  const files: Record<string, string | Uint8Array> = {
    "a-comment.json": '{\n  // no\n  "system_prompt": "p"\n}', "b-comma.json": '{"system_prompt": "p",}', "c-cut.json": '{"system_prompt": ', "d-empty.json": "",
    "e-latin1.json": Buffer.from('{"system_prompt": "\xe9"}', "latin1"), "f-nan.json": '{"system_prompt": NaN}',
    "g-utf16.json": Buffer.from('{"system_prompt": "p"}', "utf16le"), "h-surrogate.json": Buffer.from('{"system_prompt": "\xed\xa0\x80"}', "latin1"),
    "i-twice.json": '{"system_prompt": "p", "input_data": {"a": 1}, "input_data": {"b": 2}}', "z-good.json": PLAIN,
  };
  const folder = colonyWith(files);
  mkdirSync(join(folder, "j-folder.json"));
  const logger = recorder();
  const path = await ensureProgressDb(folder, { logger });
  for (const [name, text] of Object.entries(files)) {
    if (name !== "z-good.json") expect([name, readFileSync(join(folder, name))]).toEqual([name, Buffer.from(text as string)]);
  }
  expect(readFileSync(join(folder, "z-good.json"), "utf8")).toContain(JSON.stringify(path));
  expect(logger.warnings.map((text) => /([\w-]+)\.json/.exec(text)?.[1])).toEqual([...Object.keys(files).slice(0, -1), "j-folder.json"].map((name) => name.slice(0, -5)));
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a link stays a link, and its target is patched", async () => {
  const elsewhere = join(realpathSync(tempDir()), "shared.json");
  writeFileSync(elsewhere, PLAIN);
  const folder = colonyWith({});
  symlinkSync(elsewhere, join(folder, "worker.json"));
  const path = await ensureProgressDb(folder);
  expect(lstatSync(join(folder, "worker.json")).isSymbolicLink()).toBe(true);
  expect(readlinkSync(join(folder, "worker.json"))).toBe(elsewhere);
  expect(readFileSync(elsewhere, "utf8")).toContain(JSON.stringify(path));
});

test("a link that leads nowhere is reported and left", async () => {
  const folder = colonyWith({});
  symlinkSync("/nowhere/at/all", join(folder, "worker.json"));
  const logger = recorder();
  await ensureProgressDb(folder, { logger });
  expect(logger.warnings).toHaveLength(1);
  expect(readlinkSync(join(folder, "worker.json"))).toBe("/nowhere/at/all");
});

test.for(["444", "600", "664", "755"])("a config keeps its mode %s", async (octal) => {
  const mode = Number.parseInt(octal, 8);
  const folder = colonyWith({ "worker.json": PLAIN });
  chmodSync(join(folder, "worker.json"), mode);
  const path = await ensureProgressDb(folder);
  expect(statSync(join(folder, "worker.json")).mode & 0o777).toBe(mode);
  expect(readFileSync(join(folder, "worker.json"), "utf8")).toContain(JSON.stringify(path));
});

test("a config keeps its owner when root ensures the colony", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip("only root may give files away");
  const folder = colonyWith({ "worker.json": PLAIN });
  chmodSync(join(folder, "worker.json"), 0o600);
  chownSync(join(folder, "worker.json"), 65534, 65534);
  await ensureProgressDb(folder);
  const { uid, gid, mode } = statSync(join(folder, "worker.json"));
  expect([uid, gid, mode & 0o777]).toEqual([65534, 65534, 0o600]);
});
