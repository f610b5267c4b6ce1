import { oneLine, safeJson } from "./text.ts";

/** The machine's formats: rows as JSON, JSON lines, CSV, or values between tabs. */

export const FORMATS = ["human", "json", "jsonl", "csv", "plain"] as const;
export type Format = (typeof FORMATS)[number];

export type Row = Readonly<Record<string, unknown>>;

/** What a command has to say. */
export interface Result {
  /** How JSON calls it: a list (`tasks`), or one thing (`task`). */
  readonly name: string;
  readonly rows: readonly Row[];
  /** One thing, not a list: JSON gives it by itself. */
  readonly single?: boolean;
  /** Fields of `--csv` and `--plain`, in this order, when `--fields` does not say. Default: those of the first row. */
  readonly fields?: readonly string[];
  /** More for the JSON document, beside the rows. */
  readonly more?: Row;
  /** The lines for people. */
  readonly human: () => readonly string[];
}

/** The JSON document's own version: it moves only when a field changes its meaning or goes. */
export const JSON_SCHEMA = 1;

/** Lines in a machine's format; `isScreen` when a person looks at them. Throws the name of a field that is not there. */
export function formatted(result: Result, format: Exclude<Format, "human">, wanted: readonly string[] | undefined, isScreen: boolean): string[] {
  const fields = wanted ?? result.fields ?? [...new Set(result.rows.flatMap((row) => Object.keys(row)))];
  const rows = wanted === undefined ? result.rows : result.rows.map((row) => pick(row, wanted));
  switch (format) {
    case "json":
      return [safeJson({ schema: JSON_SCHEMA, [result.name]: result.single === true ? rows[0] : rows, ...(wanted === undefined ? result.more : {}) })];
    case "jsonl":
      return rows.map((row) => safeJson(row));
    case "csv":
      return [fields.map(csvCell).join(","), ...rows.map((row) => fields.map((field) => {
        const text = asText(row[field]);
        return csvCell(isScreen ? oneLine(text) : text);
      }).join(","))];
    case "plain":
      return rows.map((row) => fields.map((field) => oneLine(asText(row[field]))).join("\t"));
  }
}

function pick(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : safeJson(value).replace(/^"(.*)"$/, "$1"); // Big integers have quotes.
}

/** RFC 4180. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
