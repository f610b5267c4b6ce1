import type { Format } from "./printer.ts";
import { characters, textOf } from "./values.ts";

/** The modes that must see all rows before they know how wide a column is. */

interface Frame {
  readonly top?: Rule;
  /** Under the header, and between rows where one of them has several lines. */
  readonly middle?: Rule;
  readonly between?: Rule | "blank line";
  readonly bottom?: Rule;
  readonly left: string;
  readonly separator: string;
  readonly right: string;
  readonly header: "centred" | "left if asked for";
}
type Rule = readonly [left: string, fill: string, cross: string, right: string];

function columnar(frame: Frame): Format {
  return (settings, write) => {
    const rows: string[][][] = [];
    return {
      row(values) {
        rows.push(values.map((value) => displayLines(textOf(value) ?? settings.nullValue)));
      },
      end(columns) {
        if (rows.length === 0) return;
        const header = columns.map((name) => displayLines(name).slice(0, 1));
        const widths = columns.map((_, index) => Math.max(...[header, ...rows].map((row) => width(row[index]!))));
        const hasHeader = frame.header === "centred" || settings.headers;
        const isTall = rows.some((row) => row.some((lines) => lines.length > 1));
        const rule = (rule: Rule | undefined): void => {
          if (rule === undefined) return;
          const [left, fill, cross, right] = rule;
          write(`${left}${widths.map((each) => fill.repeat(each + frameMargin(frame))).join(cross)}${right}\n`);
        };
        const printRow = (row: string[][], align: (text: string, width: number) => string): void => {
          const height = Math.max(...row.map((lines) => lines.length));
          for (let at = 0; at < height; at++) {
            write(`${frame.left}${row.map((lines, index) => align(lines[at] ?? "", widths[index]!)).join(frame.separator)}${frame.right}\n`);
          }
        };

        rule(frame.top);
        if (hasHeader) {
          printRow(header, frame.header === "centred" ? centred : leftAligned);
          rule(frame.middle);
        }
        for (const [index, row] of rows.entries()) {
          if (index > 0 && isTall) {
            if (frame.between === "blank line") write("\n");
            else rule(frame.between);
          }
          printRow(row, leftAligned);
        }
        rule(frame.bottom);
      },
    };
  };
}

/** The spaces inside a cell are part of its rule. */
const frameMargin = (frame: Frame): number => (frame.left === "" ? 0 : 2);

export const column: Format = columnar({
  middle: ["", "-", "  ", ""], between: "blank line",
  left: "", separator: "  ", right: "", header: "left if asked for",
});

const TABLE_RULE: Rule = ["+", "-", "+", "+"];
export const table: Format = columnar({
  top: TABLE_RULE, middle: TABLE_RULE, between: TABLE_RULE, bottom: TABLE_RULE,
  left: "| ", separator: " | ", right: " |", header: "centred",
});

const BOX_RULE: Rule = ["├", "─", "┼", "┤"];
export const box: Format = columnar({
  top: ["┌", "─", "┬", "┐"], middle: BOX_RULE, between: BOX_RULE, bottom: ["└", "─", "┴", "┘"],
  left: "│ ", separator: " │ ", right: " │", header: "centred",
});

export const markdown: Format = columnar({
  middle: ["|", "-", "|", "|"],
  left: "| ", separator: " | ", right: " |", header: "centred",
});

/** A cell's lines: tabs to the next eighth column, every other control character ends a line. */
function displayLines(text: string): string[] {
  const lines = text.split(/\r\n|(?![\t\x7f-\x9f])\p{Cc}/u).map((line) => {
    let out = "";
    for (const part of line.split(/(\t)/)) out += part === "\t" ? " ".repeat(8 - (characters(out) % 8)) : part;
    return out;
  });
  while (lines.length > 1 && lines.at(-1) === "") lines.pop();
  return lines;
}

const width = (lines: readonly string[]): number => Math.max(...lines.map(characters));

function leftAligned(text: string, size: number): string {
  return text + " ".repeat(size - characters(text));
}

function centred(text: string, size: number): string {
  const room = size - characters(text);
  return " ".repeat(Math.floor(room / 2)) + text + " ".repeat(Math.ceil(room / 2));
}
