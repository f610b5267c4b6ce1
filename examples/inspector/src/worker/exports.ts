import type { ExportFormat, Grid, Value } from "../shared/protocol.ts";
import { hexOf } from "../shared/hex.ts";

/** Rows as files. Each part is written as it comes; nothing is held twice. */

export async function writeRows(parts: AsyncIterable<Grid>, format: ExportFormat, withBom: boolean): Promise<Blob> {
  const out: string[] = [];
  const writer = WRITERS[format];
  let columns: string[] | undefined;
  let count = 0;
  for await (const part of parts) {
    if (columns === undefined) {
      ({ columns } = part);
      out.push(withBom && format === "csv" ? "\uFEFF" : "", writer.head(columns));
    }
    for (const row of part.rows) out.push(writer.row(row, columns, count++));
  }
  out.push(writer.foot);
  return new Blob(out, { type: writer.type });
}

interface Writer {
  type: string;
  foot: string;
  head(columns: readonly string[]): string;
  row(values: readonly Value[], columns: readonly string[], index: number): string;
}

const WRITERS: Record<ExportFormat, Writer> = {
  // RFC 4180.
  csv: {
    type: "text/csv",
    foot: "",
    head: (columns) => `${columns.map(csvCell).join(",")}\r\n`,
    row: (values) => `${values.map(csvCell).join(",")}\r\n`,
  },
  json: {
    type: "application/json",
    foot: "\n]\n",
    head: () => "[\n",
    row: (values, columns, index) => `${index === 0 ? "" : ",\n"}${jsonObject(values, columns)}`,
  },
  ndjson: { type: "application/x-ndjson", foot: "", head: () => "", row: (values, columns) => `${jsonObject(values, columns)}\n` },
  md: {
    type: "text/markdown",
    foot: "",
    head: (columns) => `| ${columns.map(markdownCell).join(" | ")} |\n|${" --- |".repeat(columns.length)}\n`,
    row: (values) => `| ${values.map(markdownCell).join(" | ")} |\n`,
  },
};

/** A spreadsheet takes a text that begins like this for a formula; an apostrophe keeps it text. */
const FORMULA = /^[=+\-@\t\r]/;

export function csvCell(value: Value): string {
  if (value === null) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : plain(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

function markdownCell(value: Value): string {
  return value === null ? "" : plain(value).replaceAll(/[\\|`*_<>[\]]/g, String.raw`\$&`).replaceAll(/\r?\n|\r/g, " ");
}

/** Integers beyond 2^53 keep their digits; a name that repeats gets a number. */
function jsonObject(values: readonly Value[], columns: readonly string[]): string {
  const seen = new Map<string, number>();
  const entries = columns.map((column, index) => {
    const times = (seen.get(column) ?? 0) + 1;
    seen.set(column, times);
    return `${JSON.stringify(times === 1 ? column : `${column}:${times}`)}:${jsonValue(values[index] ?? null)}`;
  });
  return `{${entries.join(",")}}`;
}

export function jsonValue(value: Value): string {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return JSON.stringify({ blob: hexOf(value) });
  return JSON.stringify(value);
}

function plain(value: Exclude<Value, null>): string {
  return value instanceof Uint8Array ? `x'${hexOf(value)}'` : String(value);
}
