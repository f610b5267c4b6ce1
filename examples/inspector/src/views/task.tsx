import type { ComponentChildren, JSX } from "preact";
import { download } from "../page/downloads.ts";
import { useViewKeys } from "../page/keys.ts";
import { useRemote } from "../page/remote.ts";
import { go, linkTo } from "../page/router.ts";
import { client } from "../page/session.ts";
import { CHILDREN_SHOWN, type RelatedTask, type TaskDetail, type Value } from "../shared/protocol.ts";
import { plural } from "../shared/words.ts";
import { Ago, copy, CopyButton, Loaded, Meter } from "../ui/bits.tsx";
import { Icon } from "../ui/icons.tsx";
import { JsonTree, parseJson } from "../ui/json.tsx";
import { LongText } from "../ui/long-text.tsx";
import { Status, StatusMark } from "../ui/status.tsx";
import { Menu } from "../ui/menu.tsx";
import { shellWord } from "../ui/shell.ts";
import { ValueCell } from "../ui/value.tsx";
import { Gates, Steps } from "./task-parts.tsx";
import { TaskTimeline } from "./task-timeline.tsx";

interface PanelProps {
  id: string;
  place: { index: number; previous: string | null; next: string | null } | undefined;
  link: (to: string | undefined) => string;
  /** No table is beside it. */
  isAlone: boolean;
}

/** One task with all that belongs to it. */
export function TaskPanel({ id, place, link, isAlone }: PanelProps): JSX.Element {
  const remote = useRemote("task", [id]);
  const parent = remote.data?.task.parent_task_id;
  useViewKeys({
    previous: () => place?.previous != null && go(link(place.previous)),
    next: () => place?.next != null && go(link(place.next)),
    parent: () => parent != null && go(link(parent)),
    copy: () => void copy(id, "the id"),
  });
  return (
    <article class="panel" aria-label="Task">
      <header>
        <div class="line grow">
          <Neighbour to={place?.previous} link={link} icon="left" label="Previous task" />
          <Neighbour to={place?.next} link={link} icon="right" label="Next task" />
          <code class="cut muted">{id}</code><CopyButton text={id} what="the id" />
        </div>
        {remote.data === undefined ? null : <Commands detail={remote.data} />}
        <a class="button quiet" href={link(undefined)} aria-label="Close"><Icon name="close" /></a>
      </header>
      <div class="body"><Loaded remote={remote}>{(detail) => <Detail detail={detail} link={link} isAlone={isAlone} />}</Loaded></div>
    </article>
  );
}

function Neighbour({ to, link, icon, label }: { to: string | null | undefined; link: PanelProps["link"]; icon: "left" | "right"; label: string }): JSX.Element {
  return <button type="button" class="quiet icon" aria-label={label} title={label} disabled={to == null} onClick={() => to != null && go(link(to))}><Icon name={icon} /></button>;
}

function Detail({ detail, link, isAlone }: { detail: TaskDetail } & Pick<PanelProps, "link" | "isAlone">): JSX.Element {
  const { task, steps, gates, clipped } = detail;
  const stepsDone = steps.filter(({ status }) => status === "done" || status === "skipped").length;
  const payload = task.payload === null || clipped["payload"] !== undefined ? undefined : parseJson(task.payload);
  return (
    <>
      <div class="stack">
        <div class="row"><Status status={task.status} />{task.worker_id === null ? null : <span>by <a href={linkTo("worker", task.worker_id)}><bdi>{task.worker_id}</bdi></a></span>}</div>
        <LongText class="goal" heading={isAlone ? 1 : 2} id={task.id} table="tasks" column="goal" text={task.goal} length={clipped["goal"]} />
        <TaskTimeline task={task} />
      </div>
      {task.last_error === null ? null : (
        <Part title="Last error" aside={<CopyButton text={task.last_error} what="the error" />}>
          <LongText class="text-block error" id={task.id} table="tasks" column="last_error" text={task.last_error} length={clipped["last_error"]} />
        </Part>
      )}
      <Part title="Steps" aside={<Meter done={stepsDone} total={steps.length} what="steps" />}><Steps steps={steps} clipped={clipped} /></Part>
      <Part title="SOP gates" aside={<Meter done={gates.filter(({ done_at: at }) => at !== null).length} total={gates.length} what="gates" />}>
        <Gates gates={gates} status={task.status} clipped={clipped} />
      </Part>
      <Part title="Payload" aside={task.payload === null ? null : <CopyButton text={task.payload} what="the payload" />}>
        {task.payload === null ? <p class="muted">NULL</p> : payload === undefined
          ? <LongText class="text-block" id={task.id} table="tasks" column="payload" text={task.payload} length={clipped["payload"]} />
          : <><JsonTree value={payload} /><details><summary class="muted">Source text</summary><pre class="text-block" tabIndex={0}>{task.payload}</pre></details></>}
      </Part>
      <Part title="Family">
        {task.parent_task_id === null ? <p class="muted">No parent</p> : detail.parent === null
          ? <p class="s-failed">Its parent <code>{task.parent_task_id}</code> is not in this database.</p>
          : <p>Parent: <Related task={detail.parent} link={link} /></p>}
        {detail.childCount === 0 ? null : (
          <>
            <p class="muted">{plural(detail.childCount, "child", "children")}{detail.childCount > CHILDREN_SHOWN ? `; the first ${CHILDREN_SHOWN} are here, ` : ", "}<a href={linkTo("tree", task.id)}>all in the tree</a></p>
            <ul class="list">{detail.children.map((child) => <li key={child.id}><Related task={child} link={link} /></li>)}</ul>
          </>
        )}
      </Part>
      <Part title="Row"><RawRow row={detail.raw} /></Part>
    </>
  );
}

function Part({ title, aside, children }: { title: string; aside?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  return <section class="stack" aria-label={title}><header class="row spread"><h2>{title}</h2>{aside}</header>{children}</section>;
}

function Related({ task, link }: { task: RelatedTask; link: PanelProps["link"] }): JSX.Element {
  return <a class="plain row tight" href={link(task.id)}><StatusMark status={task.status} /><span class="visually-hidden">{task.status}</span><bdi>{task.goal}</bdi></a>;
}

/** The row as it is. The claim's token is masked: who has it may write as its worker. */
function RawRow({ row }: { row: Record<string, Value> }): JSX.Element {
  return (
    <dl class="pairs">
      {Object.entries(row).filter(([column]) => !["goal", "payload", "last_error"].includes(column)).map(([column, value]) => (
        <>
          <dt class="mono">{column}</dt>
          <dd>{column === "claim_token" && typeof value === "string"
            ? <details><summary class="mono">{value.slice(0, 4)}••••</summary><code>{value}</code></details>
            : <><ValueCell value={value} />{column.endsWith("_at") && typeof value === "string" ? <span class="muted"> · <Ago time={value} /></span> : null}</>}</dd>
        </>
      ))}
    </dl>
  );
}

/** The page cannot write; it names the command that would. */
function Commands({ detail: { task } }: { detail: TaskDetail }): JSX.Element {
  const id = shellWord(task.id);
  const isHeld = task.status === "claimed" || task.status === "in_progress";
  const commands = [
    ...(task.status === "failed" ? [["Retry it", `colony retry ${id}`]] : []),
    ...(isHeld ? [["Release it", `colony release ${id}`], ["Fail it", `colony fail ${id} --worker ${shellWord(task.worker_id ?? "")} --error "…"`]] : []),
    ["Show it", `colony show ${id}`],
  ];
  return (
    <Menu label="Commands">{(close) => (
      <>
        {commands.map(([title, command = ""]) => (
          <button type="button" class="quiet" key={title} title={command} onClick={() => {
            close();
            void copy(command, `“${command}”`);
          }}><Icon name="copy" size={13} />{title}: <code>{command.length > 34 ? `${command.slice(0, 34)}…` : command}</code></button>
        ))}
        <button type="button" class="quiet" onClick={() => {
          close();
          void client.call("exportTask", task.id).then((blob) => download(blob, `task-${task.id.slice(0, 8).replaceAll(/[^\w-]/g, "_")}.json`));
        }}><Icon name="save" size={13} />Save it as JSON</button>
      </>
    )}</Menu>
  );
}
