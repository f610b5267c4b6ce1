import type { SqlValue } from "../../../sqlite/sql.ts";

/**
 * Values as text, as the `sqlite3` shell writes them. Integers are bigints here:
 * a number is always a REAL, so that 1 and 1.0 are told apart.
 */

/** Digits of a REAL as people read it; digits that bring back the same REAL are at most 17. */
const READ_DIGITS = 15;
const EXACT_PRECISION = 20;

/** As `sqlite3_column_text` gives it; `undefined` for NULL. Like the shell's, it ends at the first NUL character. */
export function textOf(value: SqlValue): string | undefined {
  if (value === null) return undefined;
  if (typeof value === "number") return realText(value);
  if (typeof value === "bigint") return value.toString();
  return untilNul(value instanceof Uint8Array ? bytesAsText(value) : value);
}

/** A REAL to 15 digits: `1.0`, `1.0e+20`, `0.333333333333333`. */
export function realText(value: number): string {
  return withDigits(value, value.toExponential(READ_DIGITS - 1), READ_DIGITS);
}

/** A REAL in as few digits as bring it back exactly. */
export function exactRealText(value: number): string {
  return withDigits(value, value.toExponential(), EXACT_PRECISION);
}

/** C's `%g` with a point always there: an exponent below -4, and from `precision` on. */
function withDigits(value: number, exponential: string, precision: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
  if (value === 0) return "0.0";
  const [, sign = "", first = "", more = "", exponentText = ""] = /^(-?)(\d)\.?(\d*)e([+-]\d+)$/.exec(exponential) ?? [];
  const digits = (first + more).replace(/0+$/, "") || "0";
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= precision) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits[0]}.${digits.slice(1) || "0"}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** A value as SQL that makes it again, in one line for `insert`. */
export function literal(value: SqlValue, { oneLine }: { readonly oneLine: boolean }): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") {
    if (oneLine && !Number.isFinite(value)) return value > 0 ? "1e999" : "-1e999";
    return exactRealText(value);
  }
  if (value instanceof Uint8Array) return `X'${hex(value)}'`;
  // SQL text ends at NUL: the shell would lose the rest.
  if (oneLine && value.includes("\0")) return `CAST(X'${hex(new TextEncoder().encode(value))}' AS TEXT)`;
  return oneLine ? oneLineText(value) : quoted(untilNul(value));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Line breaks are put in by replace(), as the shell's `.dump` does. */
function oneLineText(text: string): string {
  let inner = text;
  let before = "";
  let after = "";
  for (const [breaks, name, code] of [["\r", "\\r", 13], ["\n", "\\n", 10]] as const) {
    if (!text.includes(breaks)) continue;
    const mark = unused(text, name, `\\0${code.toString(8)}`);
    inner = inner.replaceAll(breaks, mark);
    before += "replace(";
    after += `,'${mark}',char(${code}))`;
  }
  return before + quoted(inner) + after;
}

function unused(text: string, ...marks: [string, string]): string {
  const free = marks.find((mark) => !text.includes(mark));
  if (free !== undefined) return free;
  for (let n = 0; ; n++) {
    const mark = `(${marks[0]}${n})`;
    if (!text.includes(mark)) return mark;
  }
}

/** How many characters a text has, as the shell counts them: code points, however wide they show. */
export function characters(text: string): number {
  return text.replaceAll(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, "_").length;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text. A byte that is not UTF-8 becomes the lone surrogate U+DC80 + byte - 0x80, which `textAsBytes` takes back. */
export function bytesAsText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    let text = "";
    for (let at = 0; at < bytes.length; ) {
      const length = characterLength(bytes, at);
      text += length === 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : strict.decode(bytes.subarray(at, at + length));
      at += Math.max(1, length);
    }
    return text;
  }
}

/** Bytes of the valid UTF-8 character that begins here; 0 for none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length < 2) return length;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

export function textAsBytes(text: string): Uint8Array {
  const encoder = new TextEncoder();
  if (text.isWellFormed()) return encoder.encode(text);
  const parts: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) parts.push(code - 0xdc00);
    else parts.push(...encoder.encode(character));
  }
  return Uint8Array.from(parts);
}
