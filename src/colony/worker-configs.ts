import { closeSync, fchmodSync, fsyncSync, openSync, readdirSync, readFileSync, realpathSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { applyEdits, modify, type FormattingOptions } from "jsonc-parser";
import { randomId } from "../ids.ts";
import type { Logger } from "../types.ts";

/** Hive's own colony files: JSON, but not worker configs. */
const NOT_WORKER_CONFIGS = new Set(["metadata.json", "triggers.json"]);
const BOM = "\uFEFF";

/**
 * Tells a colony's workers where their database is: sets `input_data.db_path`,
 * `colony_id` and `colony_data_dir` in every `*.json` that has a `system_prompt`.
 * A rewrite changes these three keys and nothing else, byte for byte; a config
 * that has them is not touched, one that cannot be read or written is reported
 * and left. Returns how many were changed.
 */
export function patchWorkerConfigs(colonyDir: string, dbPath: string, logger?: Logger): number {
  const wanted = {
    db_path: dbPath,
    colony_id: basename(resolve(colonyDir)),
    colony_data_dir: dirname(dbPath),
  };
  let patched = 0;
  for (const name of readdirSync(colonyDir).sort()) {
    if (!name.endsWith(".json") || NOT_WORKER_CONFIGS.has(name)) continue;
    const path = join(colonyDir, name);
    try {
      const original = decode(readFileSync(path));
      const changed = patchConfig(original, wanted);
      if (changed === original) continue;
      replaceFile(path, changed);
      patched++;
    } catch (error) {
      logger?.warn(`progress.db: left worker config ${path} as it is: ${(error as Error).message}`);
    }
  }
  if (patched > 0) logger?.info(`progress.db: wired ${patched} worker configs of colony ${wanted.colony_id} to ${dbPath}`);
  return patched;
}

/** The config's text with the wanted `input_data` keys; the same text when nothing is to be done. Throws when it is not JSON. */
export function patchConfig(text: string, wanted: Readonly<Record<string, string>>): string {
  const bom = text.startsWith(BOM) ? BOM : "";
  let json = text.slice(bom.length);
  const config = parseObject(json);
  if (config === undefined || !("system_prompt" in config)) return text;
  const formattingOptions = styleOf(json);
  if (!isObject(config["input_data"])) {
    json = applyEdits(json, modify(json, ["input_data"], {}, { formattingOptions }));
  }
  for (const [key, value] of Object.entries(wanted)) {
    const input = parseObject(json)?.["input_data"];
    if (isObject(input) && input[key] === value) continue;
    json = applyEdits(json, modify(json, ["input_data", key], value, { formattingOptions }));
  }
  const patched = parseObject(json)?.["input_data"];
  if (!isObject(patched) || Object.entries(wanted).some(([key, value]) => patched[key] !== value)) {
    throw new Error("it names a key twice, and the edit would not reach the one that counts");
  }
  return bom + json;
}

/** Strict JSON, unlike the editor's parser. */
function parseObject(json: string): Record<string, unknown> | undefined {
  const value: unknown = JSON.parse(json);
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How the file is laid out, so that new lines look like the old ones. */
function styleOf(json: string): FormattingOptions {
  const indent = /\n([ \t]+)"/.exec(json)?.[1];
  const isTabs = indent?.startsWith("\t") ?? false;
  return {
    eol: json.includes("\r\n") ? "\r\n" : "\n",
    insertSpaces: !isTabs,
    tabSize: indent === undefined || isTabs ? 2 : indent.length,
  };
}

/** Throws on what is not UTF-8: decoding it loosely and writing it back would change it. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Readers see the old file or the new one, also after a crash; the mode stays, and a link stays a link. */
function replaceFile(path: string, text: string): void {
  const target = realpathSync(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomId()}`);
  const { mode } = statSync(target);
  const fd = openSync(temporary, "wx", mode);
  try {
    try {
      fchmodSync(fd, mode);
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, target);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}
