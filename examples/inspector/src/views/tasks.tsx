import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { announce } from "../page/announce.ts";
import { useViewKeys } from "../page/keys.ts";
import { useRemote } from "../page/remote.ts";
import { go, linkTo, replace, route } from "../page/router.ts";
import { asOf, changedIds, client } from "../page/session.ts";
import { columns, staleMinutes } from "../page/settings.ts";
import type { TaskSummary } from "../shared/protocol.ts";
import { STATUSES, withField } from "../shared/filter.ts";
import { number, plural, statusWord } from "../shared/words.ts";
import { FailureNote } from "../ui/bits.tsx";
import { columnsFor, TASK_COLUMNS } from "../ui/columns.tsx";
import { ExportMenu } from "../ui/export-menu.tsx";
import { FilterBar } from "../ui/filter-bar.tsx";
import { DataGrid } from "../ui/grid.tsx";
import { Menu } from "../ui/menu.tsx";
import { StatusMark } from "../ui/status.tsx";
import { useWidth } from "../ui/use-width.ts";
import { SavedViews } from "./saved-views.tsx";
import { TaskPanel } from "./task.tsx";

/** The table and a task fit beside each other from this width on, pixels: in a window of 1000. */
const BESIDE = 780;

/** The task table, with one task beside it when one is chosen. */
export function TasksView(): JSX.Element {
  const { id, query } = route.value;
  const filter = query.get("q") ?? "";
  const sort = query.get("sort") ?? "";
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 1000);
  const selection = useRemote("select", [filter, sort, staleMinutes.value, asOf.value]);
  const { data: counts } = useRemote("counts", []);
  const token = selection.data?.token;
  const { data: place } = useRemote("place", token === undefined || id === undefined ? null : [token, id]);
  const isWide = width >= BESIDE;

  const link = (to: string | undefined): string => (to === undefined ? linkTo("tasks", undefined, { q: filter, sort }) : linkTo("task", to, { q: filter, sort }));
  useViewKeys({
    close: () => {
      if (id !== undefined) go(link(undefined));
      else if (filter !== "") go(linkTo("tasks", undefined, { sort }));
    },
  });

  const matching = selection.data?.count;
  useEffect(() => {
    if (filter !== "" && matching !== undefined) announce(`${plural(matching, "task")} found`);
  }, [filter, matching]);

  const hasPanel = id !== undefined;
  const tableWidth = hasPanel && isWide ? width * 0.55 : width;
  const total = counts?.total ?? 0;
  return (
    <div class="view" ref={box}>
      {hasPanel && !isWide ? null : (
        <>
          <div class="view-head">
            <h1>Tasks</h1>
            <div class="row tight">
              <SavedViews />
              <ColumnMenu width={tableWidth} />
              <ExportMenu what={token === undefined ? undefined : { token }} name="tasks" />
            </div>
          </div>
          <FilterBar value={filter} onFilter={(q) => replace(linkTo(hasPanel ? "task" : "tasks", id, { q, sort }))} />
          <div class="row spread">
            <StatusChips filter={filter} counts={counts?.byStatus ?? {}} sort={sort} />
            <span class="muted">{selection.data === undefined ? "" : filter === "" ? plural(selection.data.count, "task") : `${number(selection.data.count)} of ${plural(total, "task")}`}</span>
          </div>
        </>
      )}
      {selection.failure === undefined ? null : <FailureNote failure={selection.failure} />}
      <div class={hasPanel ? "split open" : "split"}>
        {hasPanel && !isWide ? null : (
          selection.data === undefined || token === undefined ? <p class="muted" aria-busy={selection.isLoading}>{selection.isLoading ? "Reading…" : ""}</p>
            : selection.data.count === 0 ? <p class="card empty">{filter === "" ? "There are no tasks in this colony." : <>No task matches. <a href={linkTo("tasks")}>Clear the filter</a></>}</p>
            : <DataGrid<TaskSummary> label="Tasks" columns={columnsFor(tableWidth, columns.value)} count={selection.data.count} version={token}
                load={(from, to) => client.call("rows", token, from, to)} sort={sort} onSort={(next) => go(linkTo(hasPanel ? "task" : "tasks", id, { q: filter, sort: next }))}
                onOpen={(task) => go(link(task.id))} selected={place?.index} selectedKey={id} rowClass={(task) => (changedIds.value.has(task.id) ? "changed" : "")} />
        )}
        {hasPanel ? <TaskPanel key={id} id={id} place={place?.id === id ? place : undefined} link={link} isAlone={!isWide} /> : null}
      </div>
    </div>
  );
}

function StatusChips({ filter, counts, sort }: { filter: string; counts: Readonly<Record<string, number>>; sort: string }): JSX.Element {
  const shown = [...STATUSES, ...Object.keys(counts).filter((status) => !(STATUSES as readonly string[]).includes(status))];
  return (
    <div class="chips">
      {shown.map((status) => {
        const isOn = filter.split(/\s+/).includes(`status:${status}`);
        return (
          <a key={status} class="chip" aria-current={isOn ? "true" : undefined} href={linkTo("tasks", undefined, { q: withField(filter, "status", isOn ? undefined : status), sort })}>
            <StatusMark status={status} />{statusWord(status)} <b>{number(counts[status] ?? 0)}</b>
          </a>
        );
      })}
    </div>
  );
}

function ColumnMenu({ width }: { width: number }): JSX.Element {
  const shown = columnsFor(width, columns.value).map(({ key }) => key);
  return (
    <Menu label="Columns">{() => (
      <>
        {TASK_COLUMNS.map(({ key, title }) => (
          <label class="check" key={key}>
            <input type="checkbox" checked={shown.includes(key)} onChange={(event) => {
              columns.value = event.currentTarget.checked ? [...shown, key] : shown.filter((each) => each !== key);
            }} />{title}
          </label>
        ))}
        <button type="button" class="quiet" onClick={() => (columns.value = [])}>As it fits</button>
      </>
    )}</Menu>
  );
}
