import type { FailureGroup } from "hive-progress-db/browser";
import type { JSX } from "preact";
import { useViewKeys } from "../page/keys.ts";
import { useRemote } from "../page/remote.ts";
import { go, linkTo, route } from "../page/router.ts";
import { changedIds, client } from "../page/session.ts";
import type { TaskSummary } from "../shared/protocol.ts";
import { number, plural } from "../shared/words.ts";
import { Ago, copy, Loaded } from "../ui/bits.tsx";
import { TASK_COLUMNS } from "../ui/columns.tsx";
import { ExportMenu } from "../ui/export-menu.tsx";
import { DataGrid } from "../ui/grid.tsx";
import { Icon } from "../ui/icons.tsx";
import { shellWord } from "../ui/shell.ts";

/** Groups shown; the rest is counted. */
const SHOWN = 200;

/** Failed tasks whose errors are alike, together. */
export function FailuresView(): JSX.Element {
  const signature = route.value.query.get("s");
  const groups = useRemote("failures", []);
  useViewKeys({ close: () => signature !== null && go(linkTo("failures")) });
  return (
    <div class="view">
      <Loaded remote={groups}>{(all) => {
        const total = all.reduce((sum, { count }) => sum + count, 0);
        const chosen = all.find((group) => group.signature === signature);
        if (signature !== null) return <Group signature={signature} group={chosen} />;
        return (
          <>
            <div class="view-head">
              <h1>Failures</h1>
              <span class="muted">{plural(total, "failed task")} in {plural(all.length, "group")}; digits, ids, paths, URLs and quotes do not tell errors apart</span>
            </div>
            {all.length === 0 ? <p class="card empty">No task has failed.</p> : <ul class="stack">{all.slice(0, SHOWN).map((group) => <Summary key={group.signature} group={group} total={total} />)}</ul>}
            {all.length > SHOWN ? <p class="muted">The {SHOWN} largest of {number(all.length)} groups; the ready queries in SQL list all errors.</p> : null}
          </>
        );
      }}</Loaded>
    </div>
  );
}

function Summary({ group, total }: { group: FailureGroup; total: number }): JSX.Element {
  return (
    <li class="card">
      <div class="row spread">
        <a class="plain grow" href={linkTo("failures", undefined, { s: group.signature })}><h2><span class="s-failed">{number(group.count)}×</span> <bdi>{group.signature}</bdi></h2></a>
        <Retry group={group} />
      </div>
      <div class="bar thin" aria-hidden="true"><span class="f-failed" style={{ flexGrow: group.count, flexBasis: 0 }} /><span style={{ flexGrow: total - group.count, flexBasis: 0, minWidth: 0 }} /></div>
      <Details group={group} />
    </li>
  );
}

function Details({ group }: { group: FailureGroup }): JSX.Element {
  const workers = group.workers.slice(0, 6);
  return (
    <dl class="times">
      <div><dt>First</dt><dd><Ago time={group.firstSeen} /></dd></div>
      <div><dt>Last</dt><dd><Ago time={group.lastSeen} /></dd></div>
      <div><dt>Retries left</dt><dd>{number(group.retryable)}</dd></div>
      <div><dt>Retries spent</dt><dd>{number(group.exhausted)}</dd></div>
      <div class="wide"><dt>{plural(group.workers.length, "worker")}</dt><dd>{workers.map((worker, index) => <>{index === 0 ? "" : ", "}<a href={linkTo("worker", worker)}><bdi>{worker}</bdi></a></>)}{group.workers.length > 6 ? `, and ${number(group.workers.length - 6)} more` : ""}</dd></div>
    </dl>
  );
}

function Retry({ group }: { group: FailureGroup }): JSX.Element {
  const command = `colony retry --failed --error ${shellWord(group.signature)}`;
  return <button type="button" title={command} onClick={() => void copy(command, `“${command}”`)}><Icon name="copy" size={14} />Copy colony retry</button>;
}

function Group({ signature, group }: { signature: string; group: FailureGroup | undefined }): JSX.Element {
  const selection = useRemote("selectFailures", [signature]);
  const token = selection.data?.token;
  return (
    <>
      <div class="view-head">
        <h1><bdi>{signature}</bdi></h1>
        <div class="row tight">
          <a class="button" href={linkTo("failures")}>All failures</a>
          {group === undefined ? null : <Retry group={group} />}
          <ExportMenu what={token === undefined ? undefined : { token }} name="failures" />
        </div>
      </div>
      {group === undefined ? <p class="card empty">No failed task has this error now.</p> : (
        <section class="card" aria-label="Latest error">
          <Details group={group} />
          <div class="text-block error" tabIndex={0} role="group" aria-label="The latest error" dir="auto">{group.example}</div>
        </section>
      )}
      <Loaded remote={selection}>{({ token: list, count }) => (count === 0 ? null : (
        <DataGrid<TaskSummary> label="Failed tasks" columns={TASK_COLUMNS.filter(({ key }) => ["goal", "worker", "retries", "completed"].includes(key))} count={count} version={list}
          load={(from, to) => client.call("rows", list, from, to)} onOpen={(task) => go(linkTo("task", task.id, { q: "status:failed" }))} rowClass={(task) => (changedIds.value.has(task.id) ? "changed" : "")} />
      ))}</Loaded>
    </>
  );
}
