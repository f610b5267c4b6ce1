import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { useWidth } from "../ui/use-width.ts";

/** A chart, with its legend and its numbers as a table. */

interface ChartProps {
  /** What the picture shows, in a sentence, for who cannot see it. */
  label: string;
  height: number;
  legend?: readonly { name: string; className: string }[] | undefined;
  table: { columns: readonly string[]; rows: readonly (readonly ComponentChildren[])[]; note?: string | undefined };
  children: (width: number) => ComponentChildren;
}

export function Chart({ label, height, legend = [], table, children }: ChartProps): JSX.Element {
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box, 600);
  return (
    <figure class="chart stack" ref={box}>
      {legend.length === 0 ? null : <div class="legend">{legend.map(({ name, className }) => <span key={name}><i class={className} />{name}</span>)}</div>}
      <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>{children(width)}</svg>
      <details class="chart-table">
        <summary>As a table</summary>
        <div class="scroll" tabIndex={0} role="group" aria-label={`${label}, as a table`}>
          <table class="lined">
            <thead><tr>{table.columns.map((column, index) => <th key={column} scope="col" class={index === 0 ? undefined : "number"}>{column}</th>)}</tr></thead>
            <tbody>{table.rows.map((row, index) => <tr key={index}>{row.map((cell, column) => (column === 0 ? <th scope="row" key={column}>{cell}</th> : <td key={column} class="number">{cell}</td>))}</tr>)}</tbody>
          </table>
        </div>
        {table.note === undefined ? null : <p class="muted">{table.note}</p>}
      </details>
    </figure>
  );
}
