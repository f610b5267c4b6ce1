/** Text from the ledger is written by agents: nothing in it may steer the terminal, break a line or turn the writing round. */

/** Controls (C0, DEL, C1), marks of direction, invisible separators, tags, and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;
const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** On one line, with what is unsafe spelled out: `\n`, `\x1b`, `\u{202e}`. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? spelled(character.codePointAt(0)!));
}

/** The same, but for line breaks and tabs, which stay. */
export function manyLines(text: string): string {
  return text.replace(UNSAFE, (character) => (character === "\n" || character === "\t" ? character : (NAMED[character] ?? spelled(character.codePointAt(0)!))));
}

/** Line by line, each of them safe. */
export function lines(text: string): string[] {
  return text.split(/\r\n|\n/).map(oneLine);
}

function spelled(code: number): string {
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** JSON on one line (or indented) that is safe to look at, too: it reads back the same. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, withBigInts, indent).replace(/[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu,
    (character) => [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""));
}

/** Integers beyond 2^53 as text, since JSON's readers would round them. */
function withBigInts(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

const ASCII = /^[\x20-\x7e]*$/;
const WIDE = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{20000}-\u{3fffd}]/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
let segmenter: Intl.Segmenter | undefined;

/** Columns that a safe text takes on a terminal. */
export function width(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of graphemes(text)) columns += widthOf(character);
  return columns;
}

/** The text, or as much of it as fits with an ellipsis. */
export function fit(text: string, columns: number): string {
  // No text of fewer columns has more than this many characters that matter.
  const head = text.length > columns * 8 ? text.slice(0, columns * 8) : text;
  if (head.length === text.length && width(text) <= columns) return text;
  let taken = "";
  let used = 0;
  for (const character of graphemes(head)) {
    const next = widthOf(character);
    if (used + next > columns - 1) break;
    taken += character;
    used += next;
  }
  return columns < 1 ? "" : `${taken}…`;
}

function graphemes(text: string): Iterable<string> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function widthOf(grapheme: string): number {
  if (ASCII.test(grapheme)) return grapheme.length;
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
