import { readFile } from "node:fs/promises";
import { systemFailure } from "../sqlite/sqlite-error.ts";
import type { Context } from "./context.ts";
import { usage } from "./usage.ts";

/** Values that come from stdin (`-`) or from a file (`@path`). */

export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Buffer));
  return decode(Buffer.concat(chunks), "stdin");
}

export async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw systemFailure(error, path);
  }
  return decode(bytes, path);
}

/** A flag's text; `-` is stdin without its last line break. */
export async function textOf(context: Context, flag: string): Promise<string | undefined> {
  const value = context.text(flag);
  return value === "-" ? (await readStdin()).replace(/\r?\n$/, "") : value;
}

/** Words of an argument; a lone `-` stands for the lines of stdin. */
export async function wordsOf(context: Context, arg: string): Promise<readonly string[]> {
  const words = context.args(arg);
  if (words.length !== 1 || words[0] !== "-") return words;
  const lines = (await readStdin()).split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) throw usage(`${context.spec.name}: stdin has no ${arg}`, "give one a line");
  return lines;
}

/** Not UTF-8 is refused: read loosely it would be stored changed. */
function decode(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw usage(`${place} is not UTF-8`, "convert it first");
  }
}
