import { fit, oneLine, width } from "./text.ts";
import type { Style, Tone } from "./style.ts";

/** Rows in columns that fit the screen. */

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface ColumnLayout {
  readonly title: string;
  readonly align?: "right";
  /** Takes what room is left, down to this many columns; others take what they need. */
  readonly shrinkTo?: number;
  /** Left out first when the screen is narrow: the highest number goes before all others. */
  readonly expendable?: number;
}

const GAP = 2;

/** Lines of a table, its titles first, without columns that are empty; `room` is the screen's width, if there is a screen. */
export function columns(layout: readonly ColumnLayout[], rows: readonly (readonly Cell[])[], style: Style, room: number): string[] {
  const safe = rows.map((row) => row.map((cell) => ({ text: oneLine(cell.text), tone: cell.tone ?? ("plain" as const) })));
  const needs = layout.map((column, at) => Math.max(width(column.title), ...safe.map((row) => width(row[at]?.text ?? ""))));
  let kept = layout.map((_, at) => at).filter((at) => safe.some((row) => (row[at]?.text ?? "") !== ""));
  const least = (at: number): number => Math.min(needs[at]!, layout[at]!.shrinkTo ?? Infinity);
  const total = (of: (at: number) => number): number => kept.reduce((sum, at) => sum + of(at), GAP * (kept.length - 1));
  while (total(least) > room) {
    const [out] = kept.filter((at) => layout[at]!.expendable !== undefined).sort((a, b) => layout[b]!.expendable! - layout[a]!.expendable!);
    if (out === undefined) break;
    kept = kept.filter((at) => at !== out);
  }
  const widths = new Map(kept.map((at) => [at, needs[at]!]));
  for (const at of kept.filter((each) => layout[each]!.shrinkTo !== undefined).sort((a, b) => needs[b]! - needs[a]!)) {
    const excess = [...widths.values()].reduce((sum, each) => sum + each, GAP * (kept.length - 1)) - room;
    if (excess > 0) widths.set(at, Math.max(least(at), needs[at]! - excess));
  }
  const line = (cells: readonly { text: string; tone: Tone }[]): string =>
    kept.map((at, place) => {
      const cell = cells[at] ?? { text: "", tone: "plain" as const };
      const text = fit(cell.text, widths.get(at)!);
      const space = " ".repeat(Math.max(0, widths.get(at)! - width(text)));
      if (layout[at]!.align === "right") return space + style(cell.tone, text);
      return style(cell.tone, text) + (place === kept.length - 1 ? "" : space);
    }).join(" ".repeat(GAP)).trimEnd();
  return [line(layout.map(({ title }) => ({ text: title, tone: "dim" }))), ...safe.map(line)];
}
