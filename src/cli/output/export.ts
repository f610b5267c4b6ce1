import type { SqlValue } from "../../sqlite/sql.ts";
import { oneLine, safeJson } from "./text.ts";

/** Tables in the formats that other programs read, row by row. */

export type Export = "csv" | "json" | "jsonl" | "md";

interface Options {
  /** A person looks at it: nothing may steer the terminal. */
  readonly isForScreen: boolean;
  /** CSV: leaves texts that a spreadsheet would take for formulas as they are. */
  readonly isRaw: boolean;
  /** CSV: begins with the mark by which Excel knows UTF-8. */
  readonly hasBom: boolean;
}

interface Writer {
  row(values: readonly SqlValue[], columns: readonly string[]): void;
  /** There are no more rows; there may have been none. */
  end(columns: readonly string[]): void;
}

type Format = (write: (text: string) => void, options: Options) => Writer;

/** With a first part that needs the columns, written before the first row or, without rows, at the end. */
function withHead(head: (columns: readonly string[]) => void, row: Writer["row"], tail: () => void = () => {}): Writer {
  let hasBegun = false;
  const begin = (columns: readonly string[]): void => {
    if (!hasBegun) head(columns);
    hasBegun = true;
  };
  return {
    row(values, columns) {
      begin(columns);
      row(values, columns);
    },
    end(columns) {
      begin(columns);
      tail();
    },
  };
}

/** What spreadsheets run when a cell begins with it (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** RFC 4180. A formula gets an apostrophe before it; a number never is one. */
const csv: Format = (write, { isForScreen, isRaw, hasBom }) => {
  const cell = (value: SqlValue): string => {
    const plain = plainText(value);
    const text = !isRaw && typeof value === "string" && FORMULA.test(plain) ? `'${plain}` : plain;
    const shown = isForScreen ? oneLine(text) : text;
    return /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
  };
  const line = (cells: readonly SqlValue[]): void => write(`${cells.map(cell).join(",")}\r\n`);
  return withHead((columns) => {
    if (hasBom) write("\ufeff");
    line(columns);
  }, line);
};

const json: Format = (write) => {
  let count = 0;
  return {
    row: (values, columns) => write(`${count++ === 0 ? "[" : ","}\n${jsonObject(values, columns)}`),
    end: () => write(count === 0 ? "[]\n" : "\n]\n"),
  };
};

const jsonl: Format = (write) => ({
  row: (values, columns) => write(`${jsonObject(values, columns)}\n`),
  end() {},
});

/** A text is shown as it is: no mark-up, no HTML, no break in its row. */
const md: Format = (write) => {
  const cell = (value: SqlValue): string => plainText(value).split(/\r\n|[\r\n]/)
    .map((text) => oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(/[\\|`*_[\]~>#]/g, "\\$&")).join("<br>");
  const line = (cells: readonly SqlValue[]): void => write(`| ${cells.map(cell).join(" | ")} |\n`);
  return withHead((columns) => {
    line(columns);
    write(`|${columns.map(() => " --- |").join("")}\n`);
  }, line);
};

export const EXPORTS: Readonly<Record<Export, Format>> = { csv, json, jsonl, md };

/** Nothing for NULL; a blob in hexadecimal. */
function plainText(value: SqlValue): string {
  if (value === null) return "";
  return value instanceof Uint8Array ? hexadecimal(value) : String(value);
}

/** Integers that JSON's readers would round come as text, as everywhere in `--json`. */
function jsonObject(values: readonly SqlValue[], columns: readonly string[]): string {
  return safeJson(Object.fromEntries(columns.map((name, index) => [name, jsonValue(values[index] ?? null)])));
}

function jsonValue(value: SqlValue): unknown {
  if (value instanceof Uint8Array) return hexadecimal(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
