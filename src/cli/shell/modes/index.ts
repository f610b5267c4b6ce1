import { box, column, markdown, table } from "./columnar.ts";
import type { Format } from "./printer.ts";
import { csv, html, insert, json, line, list, quote, tcl } from "./streamed.ts";

/** The output modes by name, with the separators that choosing one sets. */

export interface Mode {
  readonly format: Format;
  readonly columnSeparator?: string;
  readonly rowSeparator?: string;
  /** Shows headers unless they were turned off. */
  readonly headers?: boolean;
}

export const MODES: Readonly<Record<string, Mode>> = {
  ascii: { format: list, columnSeparator: "\x1f", rowSeparator: "\x1e" },
  box: { format: box },
  column: { format: column, rowSeparator: "\n", headers: true },
  csv: { format: csv, columnSeparator: ",", rowSeparator: "\r\n" },
  html: { format: html },
  insert: { format: insert },
  json: { format: json },
  line: { format: line, rowSeparator: "\n" },
  list: { format: list, columnSeparator: "|", rowSeparator: "\n" },
  markdown: { format: markdown },
  quote: { format: quote, columnSeparator: ",", rowSeparator: "\n" },
  table: { format: table },
  tabs: { format: list, columnSeparator: "\t" },
  tcl: { format: tcl, columnSeparator: " ", rowSeparator: "\n" },
};
