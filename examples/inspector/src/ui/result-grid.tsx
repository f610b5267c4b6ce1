import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Grid, Value } from "../shared/protocol.ts";
import { DataGrid, type Column } from "./grid.tsx";
import { ValueCell } from "./value.tsx";

/** A result that is here as a whole. */
export function ResultGrid({ grid, label, maxHeight }: { grid: Grid; label: string; maxHeight?: number }): JSX.Element {
  const columns = useMemo(() => valueColumns(grid.columns, grid.rows), [grid]);
  const version = useMemo(() => ++versions, [grid]);
  return <DataGrid<Value[]> label={label} columns={columns} count={grid.rows.length} version={version} rows={grid.rows} maxHeight={maxHeight} />;
}

let versions = 0;

/** Columns for values of any kind, as wide as the first rows ask for. */
export function valueColumns(names: readonly string[], sample: readonly Value[][], sortable = false): Column<Value[]>[] {
  return names.map((title, index) => ({
    key: `${index}`,
    title,
    width: widthOf(title, sample.slice(0, 60).map((row) => row[index])),
    isNumber: sample.length > 0 && sample.slice(0, 60).every((row) => typeof row[index] === "number" || typeof row[index] === "bigint"),
    sort: sortable ? title : undefined,
    cell: (row) => <ValueCell value={row[index]} />,
  }));
}

function widthOf(title: string, values: readonly (Value | undefined)[]): number {
  const longest = Math.max(title.length, ...values.map((value) => (value instanceof Uint8Array ? 30 : String(value ?? "NULL").length)));
  return Math.max(72, Math.min(380, longest * 7.6 + 24));
}
