import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useRemote } from "../page/remote.ts";
import { go, linkTo, route } from "../page/router.ts";
import { client, info } from "../page/session.ts";
import type { TableInfo, Value } from "../shared/protocol.ts";
import { plural } from "../shared/words.ts";
import { FailureNote, Loaded } from "../ui/bits.tsx";
import { ExportMenu } from "../ui/export-menu.tsx";
import { DataGrid, type Column } from "../ui/grid.tsx";
import { valueColumns } from "../ui/result-grid.tsx";
import { ValueCell } from "../ui/value.tsx";

/** Every table and view as it is: the view for schemas nobody has told us of. */
export function TablesView(): JSX.Element {
  const { view, id } = route.value;
  const tables = useRemote("tables", []);
  return (
    <div class="view">
      <Loaded remote={tables}>{(found) => {
        const wanted = view === "tables" ? id : undefined;
        const chosen = found.find(({ name }) => name === wanted) ?? found[0];
        return (
          <>
            <div class="view-head">
              <h1>Tables</h1>
              {chosen === undefined ? null : <ExportMenu what={{ table: chosen.name, sort: route.value.query.get("sort") ?? "" }} name={chosen.name} />}
            </div>
            {info.value?.isLedger === true ? null : <p class="banner">There is no ledger in this database: its tables and SQL are all there is to see.</p>}
            <nav class="chips" aria-label="Tables and views">
              {found.map(({ name, type }) => <a key={name} class="chip" aria-current={name === chosen?.name ? "true" : undefined} href={linkTo("tables", name)}>{name}{type === "view" ? <span class="muted">view</span> : null}</a>)}
            </nav>
            {chosen === undefined ? <p class="card empty">The database is empty.</p> : <Rows key={chosen.name} table={chosen} />}
          </>
        );
      }}</Loaded>
    </div>
  );
}

function Rows({ table }: { table: TableInfo }): JSX.Element {
  const sort = route.value.query.get("sort") ?? "";
  const selection = useRemote("selectTable", [table.name, sort]);
  const [row, setRow] = useState<Value[] | undefined>(undefined);
  const [columns, setColumns] = useState<Column<Value[]>[]>([]);
  const token = selection.data?.token;
  useEffect(() => {
    if (token === undefined) return;
    client.call("tableRows", token, 0, 60).then((sample) => setColumns(valueColumns(sample.columns.length > 0 ? sample.columns : table.columns.map(({ name }) => name), sample.rows, true)), () => {});
  }, [token]);
  if (selection.failure !== undefined) return <FailureNote failure={selection.failure} />;
  if (selection.data === undefined || token === undefined || columns.length === 0) return <p class="muted" aria-busy="true">Reading…</p>;
  return (
    <>
      <p class="muted">{plural(selection.data.count, "row")}{selection.data.isCapped === true ? ": it has no rowid, so only the first are shown" : ""}</p>
      {selection.data.count === 0 ? <p class="card empty">No rows</p> : (
        <DataGrid<Value[]> label={table.name} columns={columns} count={selection.data.count} version={token} sort={sort}
          load={(from, to) => client.call("tableRows", token, from, to).then(({ rows }) => rows)} onSort={(next) => go(linkTo("tables", table.name, { sort: next }))} onOpen={setRow} />
      )}
      {row === undefined ? null : (
        <section class="card" aria-label="Row">
          <header><h2>Row</h2><button type="button" onClick={() => setRow(undefined)}>Close</button></header>
          <dl class="pairs">{columns.map(({ title }, index) => <><dt class="mono">{title}</dt><dd>{typeof row[index] === "string" && row[index].length > 100 ? <div class="text-block" tabIndex={0} role="group" aria-label={title} dir="auto">{row[index].slice(0, 20_000)}</div> : <ValueCell value={row[index]} />}</dd></>)}</dl>
        </section>
      )}
      {table.sql === "" ? null : <details><summary class="muted">Definition</summary><pre class="text-block" tabIndex={0}>{table.sql}</pre></details>}
    </>
  );
}
