import { signal } from "@preact/signals";
import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { tell } from "../page/announce.ts";
import { number } from "../shared/words.ts";
import { ROW_HEIGHT, scrollFor, windowOf } from "./windowing.ts";

/**
 * A table of any length: only the rows in sight are in the page, and only those are asked
 * for. One element has the focus and names the active row (`aria-activedescendant`), so
 * that scrolling it out of sight does not lose the place.
 */

export interface Column<Row> {
  key: string;
  title: string;
  /** Pixels; without it the column takes what is left. */
  width?: number | undefined;
  isNumber?: boolean | undefined;
  /** The title is for those who listen. */
  isUntitled?: boolean | undefined;
  /** The name to sort by, if it can. */
  sort?: string | undefined;
  readonly cell: (row: Row) => ComponentChildren;
}

interface GridProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  count: number;
  /** The rows, if they are here; or how to get those from `from` up to, not including, `to`. */
  rows?: readonly Row[] | undefined;
  load?: ((from: number, to: number) => Promise<Row[]>) | undefined;
  /** Another value: other rows. */
  version: string | number;
  sort?: string | undefined;
  onSort?: ((sort: string) => void) | undefined;
  onOpen?: ((row: Row) => void) | undefined;
  /** The chosen row's place, -1 when it is not in the list, and its name: another name is scrolled to. */
  selected?: number | undefined;
  selectedKey?: string | undefined;
  rowClass?: ((row: Row) => string) | undefined;
  /** Pixels; default is what the window has left. */
  maxHeight?: number | undefined;
  tree?: TreeProps<Row> | undefined;
}

/** What makes the grid a tree. */
interface TreeProps<Row> {
  /** From 1, and whether it is unfolded; `undefined` for a leaf. */
  level: (row: Row) => number;
  isOpen: (row: Row) => boolean | undefined;
  /** Answers the arrow keys to the left and right; may move to another row. */
  onArrow: (direction: "left" | "right", row: Row, moveTo: (index: number) => void) => void;
}

/** The grid that j, k and Enter work on: the last one that was drawn or used. */
export const currentGrid = signal<{ move(step: number): void; open(): void } | undefined>(undefined);

export function DataGrid<Row>(props: GridProps<Row>): JSX.Element {
  const { label, columns, count, sort, onSort, onOpen, selected } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [viewport, setViewport] = useState(600);
  const [active, setActive] = useState(selected ?? 0);
  const rows = useRows(props, windowOf(count, scrollTop, viewport));
  const seen = windowOf(count, scrollTop, viewport);
  const at = Math.min(active, count - 1);
  const isListed = selected !== undefined && selected >= 0;

  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setViewport(box.current?.clientHeight ?? 600));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (isListed) show(selected);
  }, [props.selectedKey, isListed]);
  useEffect(() => {
    if (isListed) setActive(selected);
  }, [selected]);

  const show = (index: number): void => {
    const header = table.current?.tHead?.offsetHeight ?? 0;
    const top = scrollFor(index, count, box.current?.scrollTop ?? 0, box.current?.clientHeight ?? viewport, header);
    if (top !== undefined) box.current?.scrollTo({ top });
  };
  const moveTo = (index: number): void => {
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    show(next);
  };
  const open = (index: number): void => {
    const row = rows.get(index);
    if (row !== undefined) onOpen?.(row);
  };
  const handle = { move: (step: number) => moveTo(at + step), open: () => open(at) };
  useEffect(() => {
    currentGrid.value = handle;
  });
  useEffect(() => () => void (currentGrid.value = undefined), []);

  const arrow = (direction: "left" | "right"): void => {
    const row = rows.get(at);
    if (row !== undefined) props.tree?.onArrow(direction, row, moveTo);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(viewport / ROW_HEIGHT) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
    const step = steps[event.key];
    if (step !== undefined) moveTo(at + step);
    else if (event.key === "Enter") open(at);
    else if (props.tree !== undefined && event.key === "ArrowLeft") arrow("left");
    else if (props.tree !== undefined && event.key === "ArrowRight") arrow("right");
    else return;
    event.preventDefault();
  };

  return (
    <div class="scroll tall" ref={box} style={props.maxHeight === undefined ? {} : { maxHeight: `${props.maxHeight}px` }}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
      <table ref={table} class={`grid-table${onOpen === undefined ? " inert" : ""}`} role={props.tree === undefined ? "grid" : "treegrid"} aria-label={`${label}, ${number(count)} rows`} aria-rowcount={count + 1} aria-colcount={columns.length} tabIndex={0}
        style={{ minWidth: `${columns.reduce((sum, { width }) => sum + (width ?? 120), 0)}px` }}
        aria-activedescendant={count > 0 && at >= seen.from && at < seen.to ? `${id}-${at}` : undefined} onKeyDown={onKeyDown}>
        <colgroup>{columns.map(({ key, width }) => <col key={key} style={width === undefined ? {} : { width: `${width}px` }} />)}</colgroup>
        <thead>
          <tr aria-rowindex={1}>{columns.map((column) => <Heading key={column.key} column={column} sort={sort} onSort={onSort} />)}</tr>
        </thead>
        <tbody>
          {seen.above > 0 ? <tr class="spacer" aria-hidden="true"><td colSpan={columns.length} style={{ height: `${seen.above}px` }} /></tr> : null}
          {Array.from({ length: seen.to - seen.from }, (_, place) => {
            const index = seen.from + place;
            const row = rows.get(index);
            const marks = [index === at ? "active" : "", row === undefined ? "" : (props.rowClass?.(row) ?? "")].join(" ").trim();
            return (
              <tr key={index} id={`${id}-${index}`} class={marks === "" ? undefined : marks} aria-rowindex={index + 2} aria-selected={selected === index}
                aria-level={row === undefined ? undefined : props.tree?.level(row)} aria-expanded={row === undefined ? undefined : props.tree?.isOpen(row)}
                onClick={() => {
                  setActive(index);
                  if (getSelection()?.isCollapsed !== false) open(index);
                }}>
                {columns.map((column) => (
                  <td key={column.key} class={column.isNumber === true ? "number" : undefined}>{row === undefined ? <span class="muted" aria-hidden="true">…</span> : column.cell(row)}</td>
                ))}
              </tr>
            );
          })}
          {seen.below > 0 ? <tr class="spacer" aria-hidden="true"><td colSpan={columns.length} style={{ height: `${seen.below}px` }} /></tr> : null}
        </tbody>
      </table>
    </div>
  );
}

function Heading<Row>({ column, sort = "", onSort }: { column: Column<Row>; sort: string | undefined; onSort: ((sort: string) => void) | undefined }): JSX.Element {
  const { title, sort: name, isNumber } = column;
  const direction = sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined;
  const scope = { scope: "col", class: isNumber === true ? "number" : undefined } as const;
  if (name === undefined || onSort === undefined) return <th {...scope}><span title={title} class={column.isUntitled === true ? "visually-hidden" : undefined}>{title}</span></th>;
  const next = direction === undefined ? name : direction === "ascending" ? `-${name}` : "";
  return (
    <th {...scope} aria-sort={direction ?? "none"}>
      <button type="button" onClick={() => onSort(next)} title={`Sort by ${title.toLowerCase()}`}>
        <span class="cut">{title}</span>
        {direction === undefined ? null : <span aria-hidden="true">{direction === "ascending" ? "↑" : "↓"}</span>}
      </button>
    </th>
  );
}

/** The rows in sight, kept while the next ones are on their way. */
function useRows<Row>({ rows: local, load, count, version }: GridProps<Row>, { from, to }: { from: number; to: number }): ReadonlyMap<number, Row> {
  const [fetched, setFetched] = useState<ReadonlyMap<number, Row>>(new Map());
  const loaded = useRef<{ version: string | number; from: number; to: number }>({ version: "", from: 0, to: 0 });
  // Asked for at once: an effect would wait for the picture without them.
  useLayoutEffect(() => {
    const last = loaded.current;
    const isThere = last.version === version && last.from <= from && last.to >= to;
    if (load === undefined || isThere || count === 0) return;
    let isCurrent = true;
    load(from, to).then((found) => {
      if (!isCurrent) return;
      loaded.current = { version, from, to };
      setFetched(new Map(found.map((row, index) => [from + index, row])));
    }, (failure: Error & { code?: string }) => {
      // A list that was replaced, or a worker that was stopped, has a successor that will ask.
      if (failure.code !== "CLOSED" && failure.code !== "STOPPED") tell(`Could not read the rows: ${failure.message}`);
    });
    return () => {
      isCurrent = false;
    };
  }, [version, from, to, count]);
  return local === undefined ? fetched : new Map(local.slice(from, to).map((row, index) => [from + index, row]));
}
