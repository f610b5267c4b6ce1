import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { announcement, note } from "../page/announce.ts";
import { route } from "../page/router.ts";
import { generation, info, isBusy } from "../page/session.ts";
import { VIEWS } from "../page/views.ts";
import { FailuresView } from "./failures.tsx";
import { HealthView } from "./health.tsx";
import { HelpDialog } from "./help.tsx";
import { OpenView } from "./open.tsx";
import { OverviewView } from "./overview.tsx";
import { SideNav } from "./side-nav.tsx";
import { SqlView } from "./sql.tsx";
import { TablesView } from "./tables.tsx";
import { TasksView } from "./tasks.tsx";
import { TopBar } from "./top-bar.tsx";
import { TreeView } from "./tree.tsx";
import { WorkersView } from "./workers.tsx";

/** The frame around the views. */

const BY_NAME: Record<string, () => JSX.Element> = {
  overview: OverviewView,
  tasks: TasksView,
  task: TasksView,
  failures: FailuresView,
  workers: WorkersView,
  worker: WorkersView,
  tree: TreeView,
  health: HealthView,
  sql: SqlView,
  tables: TablesView,
};

export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const { view } = route.value;
  const isOpen = info.value !== undefined && view !== "open";
  const name = VIEWS.find((each) => each.view === view || each.view === `${view}s`)?.title ?? "Open";

  useEffect(() => {
    document.title = isOpen ? `${name} · ${info.value?.name ?? ""} · Colony inspector` : "Colony inspector";
  }, [name, isOpen, generation.value]);
  useEffect(() => {
    // After a change of view, reading and tabbing begin at its top.
    if (document.activeElement === document.body || document.activeElement?.closest("nav") !== null) main.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [name]);

  return (
    <>
      <a class="visually-hidden skip" href="#main" onClick={(event) => {
        event.preventDefault();
        main.current?.focus();
      }}>Skip to the content</a>
      <div class={isOpen ? "frame" : "frame alone"}>
        <TopBar />
        {isOpen ? <SideNav /> : null}
        <main id="main" ref={main} tabIndex={-1} aria-busy={isBusy.value}>{isOpen ? <View name={view} /> : <OpenView />}</main>
      </div>
      <div class="visually-hidden" role="status" aria-live="polite">{announcement.value}</div>
      {note.value === undefined ? null : <div class="toast" aria-hidden="true">{note.value}</div>}
      <HelpDialog />
    </>
  );
}

function View({ name }: { name: string }): JSX.Element {
  const isLedger = info.value?.isLedger === true;
  const Chosen = isLedger || name === "sql" || name === "tables" ? (BY_NAME[name] ?? OverviewView) : TablesView;
  return <Chosen />;
}
