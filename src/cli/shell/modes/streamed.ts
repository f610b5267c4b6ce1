import type { SqlValue } from "../../../sqlite/sql.ts";
import type { Format, Printer, Settings } from "./printer.ts";
import { bytesAsText, characters, exactRealText, literal, textAsBytes, textOf } from "./values.ts";

/** The modes that write each row as it comes. */

type Cell = (value: SqlValue, settings: Settings) => string;

/** Rows of cells between separators. */
function separated(cell: Cell, headerCell: (name: string, settings: Settings) => string): Format {
  return (settings, write) => {
    const line = (cells: string[]): void => write(cells.join(settings.columnSeparator) + settings.rowSeparator);
    let count = 0;
    return {
      row(values, columns) {
        if (count++ === 0 && settings.headers) line(columns.map((name) => headerCell(name, settings)));
        line(values.map((value) => cell(value, settings)));
      },
      end() {},
    };
  };
}

export const list: Format = separated(
  (value, { nullValue }) => textOf(value) ?? nullValue,
  (name) => name,
);

export const csv: Format = separated(
  (value, settings) => csvCell(textOf(value), settings),
  (name, settings) => csvCell(name, settings),
);

/** Quoted when empty, or when it has the separator, a space, a quote, a control character or anything beyond ASCII. */
function csvCell(text: string | undefined, { columnSeparator, nullValue }: Settings): string {
  if (text === undefined) return nullValue;
  const isPlain = /^[!#-&(-~]+$/.test(text) && !text.includes(columnSeparator);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

export const quote: Format = separated(
  (value) => literal(value, { oneLine: false }),
  (name) => literal(name, { oneLine: false }),
);

const tclCell = (text: string): string => {
  const escapes: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r" };
  const bytes = Array.from(textAsBytes(text), (byte) => String.fromCharCode(byte));
  return `"${bytes.map((byte) => escapes[byte] ?? (/[ -~]/.test(byte) ? byte : `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`)).join("")}"`;
};

export const tcl: Format = separated((value, { nullValue }) => tclCell(textOf(value) ?? nullValue), tclCell);

export const line: Format = (settings, write) => {
  let count = 0;
  return {
    row(values, columns) {
      if (count++ > 0) write(settings.rowSeparator);
      const width = Math.max(5, ...columns.map((name) => characters(name)));
      for (const [index, value] of values.entries()) {
        const name = columns[index]!;
        const label = " ".repeat(width - characters(name)) + name;
        write(`${label} = ${textOf(value) ?? settings.nullValue}${settings.rowSeparator}`);
      }
    },
    end() {},
  };
};

const HTML: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&#39;" };

export const html: Format = (settings, write) => {
  const row = (tag: string, cells: readonly string[]): void =>
    write(`<TR>${cells.map((cell) => `<${tag}>${cell.replaceAll(/[<>&"']/g, (found) => HTML[found]!)}</${tag}>\n`).join("")}</TR>\n`);
  let count = 0;
  return {
    row(values, columns) {
      if (count++ === 0 && settings.headers) row("TH", columns);
      row("TD", values.map((value) => textOf(value) ?? settings.nullValue));
    },
    end() {},
  };
};

export const insert: Format = (settings, write) => {
  const table = sqlName(settings.table);
  return {
    row(values, columns) {
      const names = settings.headers ? `(${columns.map(sqlName).join(",")})` : "";
      write(`INSERT INTO ${table}${names} VALUES(${values.map((value) => literal(value, { oneLine: true })).join(",")});\n`);
    },
    end() {},
  };
};

/** Quoted unless it is a plain word, and no keyword of SQL's. */
export function sqlName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name.toUpperCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** An array of objects with one row a line; `[]` when there is none. */
export const json: Format = (_settings, write) => {
  let count = 0;
  return {
    row(values, columns) {
      write(count++ === 0 ? "[{" : ",\n{");
      write(columns.map((name, index) => `${jsonText(name)}:${jsonValue(values[index]!)}`).join(","));
      write("}");
    },
    end(columns) {
      if (count > 0) write("]\n");
      else if (columns.length > 0) write("[]\n");
    },
  } satisfies Printer;
};

export function jsonValue(value: SqlValue): string {
  if (value === null) return "null";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? exactRealText(value) : value > 0 ? "1e999" : "-1e999";
  return jsonText(value instanceof Uint8Array ? bytesAsText(value) : value);
}

/** Bytes that are no UTF-8 stay what they are, as in the shell. */
export function jsonText(text: string): string {
  return JSON.stringify(text).replaceAll(/\\udc([89a-f][0-9a-f])/g, (_, byte: string) => String.fromCharCode(0xdc00 + Number.parseInt(byte, 16)));
}

/** SQLite's own list, sqlite.org/lang_keywords.html. */
const KEYWORDS: ReadonlySet<string> = new Set((
  "ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE CAST "
  + "CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE "
  + "DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN "
  + "FAIL FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED "
  + "INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT "
  + "NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE "
  + "RECURSIVE REFERENCES REGEXP REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET "
  + "TABLE TEMP TEMPORARY THEN TIES TO TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN "
  + "WHERE WINDOW WITH WITHOUT"
).split(" "));
