import type { TreeNode } from "hive-progress-db/browser";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useViewKeys } from "../page/keys.ts";
import { useRemote } from "../page/remote.ts";
import { go, linkTo, route, withQuery } from "../page/router.ts";
import { client, generation } from "../page/session.ts";
import { STATUSES } from "../shared/filter.ts";
import { number, percent, statusWord } from "../shared/words.ts";
import { Loaded, StatusBar } from "../ui/bits.tsx";
import { DataGrid, type Column } from "../ui/grid.tsx";
import { Icon } from "../ui/icons.tsx";
import { Status, StatusMark } from "../ui/status.tsx";
import { useWidth } from "../ui/use-width.ts";
import { flatten, type Branch, type TreeRow } from "./tree-rows.ts";

/** Branches fetched by one press: each is a question to the worker. */
const UNFOLDED_AT_ONCE = 50;

/** Tasks below one another, with what is below each summed up. Children are asked for when they are shown. */
export function TreeView(): JSX.Element {
  const { id, query } = route.value;
  const status = query.get("status") ?? "";
  const roots = useRemote("tree", [null]);
  const [branches, setBranches] = useState<ReadonlyMap<string, Branch>>(new Map());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const box = useRef<HTMLDivElement>(null);
  const isNarrow = useWidth(box) < 600;

  // What is unfolded stays unfolded when the database is looked at again.
  useEffect(() => {
    for (const each of open) void fetchBranch(each);
  }, [generation.value]);
  useEffect(() => {
    if (id === undefined) return;
    void client.call("ancestors", id).then((above) => unfold([...above, id]));
  }, [id, generation.value]);

  const fetchBranch = async (parent: string): Promise<void> => {
    const { nodes, isCut } = await client.call("tree", parent);
    setBranches((old) => new Map(old).set(parent, { nodes: nodes.slice(1), isCut }));
  };
  const unfold = (ids: readonly string[]): void => {
    setOpen((old) => new Set([...old, ...ids]));
    for (const each of ids) if (!branches.has(each)) void fetchBranch(each);
  };
  const fold = (ids: readonly string[]): void => setOpen((old) => new Set([...old].filter((each) => !ids.includes(each))));

  const rows = flatten(roots.data, branches, open, status);
  const parents = (): string[] => rows.flatMap(({ node }) => (node !== undefined && node.children > 0 ? [node.id] : []));
  const toggle = (node: TreeNode): void => (open.has(node.id) ? fold([node.id]) : unfold([node.id]));
  const expand = (): void => unfold(parents().filter((each) => !open.has(each)).slice(0, UNFOLDED_AT_ONCE));
  const collapse = (): void => setOpen(new Set());
  useViewKeys({ expand, collapse });

  return (
    <div class="view" ref={box}>
      <div class="view-head">
        <h1>Tree</h1>
        <div class="row tight">
          <select aria-label="Only branches with" value={status} onChange={(event) => go(withQuery({ status: event.currentTarget.value }))}>
            <option value="">all tasks</option>
            {STATUSES.map((each) => <option key={each} value={each}>with {statusWord(each)}</option>)}
          </select>
          <button type="button" onClick={expand} title={`Unfolds one more level, ${UNFOLDED_AT_ONCE} tasks at a time`}>Expand</button>
          <button type="button" onClick={collapse}>Collapse</button>
        </div>
      </div>
      <Loaded remote={roots}>{(tree) => (tree.nodes.length === 0 ? <p class="card empty">There are no tasks.</p> : rows.length === 0 ? <p class="card empty">No branch has such a task.</p> : (
        <DataGrid<TreeRow> label="Tasks by parent" columns={columns(isNarrow, open, toggle)} count={rows.length} rows={rows} version={generation.value} selectedKey={id} selected={id === undefined ? undefined : rows.findIndex(({ node }) => node?.id === id)}
          onOpen={({ node }) => node !== undefined && go(linkTo("task", node.id))}
          tree={{
            level: ({ depth }) => depth + 1,
            isOpen: ({ node }) => (node === undefined || node.children === 0 ? undefined : open.has(node.id)),
            onArrow: (direction, { node, parent }, moveTo) => {
              if (node === undefined) return;
              const index = rows.findIndex((each) => each.node === node);
              if (direction === "right" && open.has(node.id)) moveTo(index + 1);
              else if (direction === "right") unfold(node.children > 0 ? [node.id] : []);
              else if (open.has(node.id)) fold([node.id]);
              else if (parent !== undefined) moveTo(rows.findIndex((each) => each.node?.id === parent));
            },
          }} />
      ))}</Loaded>
    </div>
  );
}

function columns(isNarrow: boolean, open: ReadonlySet<string>, toggle: (node: TreeNode) => void): Column<TreeRow>[] {
  return [
    {
      key: "goal", title: "Task",
      cell: ({ node, depth, cut }) => (
        <span class={`tree-cell d-${Math.min(depth, 12)}`}>
          {node === undefined ? <span class="muted cut">{cut}</span> : (
            <>
              {node.children === 0 ? <span class="twist" /> : (
                <button type="button" class="twist" tabIndex={-1} aria-label={open.has(node.id) ? "Collapse" : "Expand"} onClick={(event) => {
                  event.stopPropagation();
                  toggle(node);
                }}><Icon name={open.has(node.id) ? "down" : "right"} size={13} /></button>
              )}
              <bdi class="cut" title={node.goal}>{node.goal}</bdi>
              <Problem node={node} />
            </>
          )}
        </span>
      ),
    },
    { key: "status", title: "Status", isUntitled: isNarrow, width: isNarrow ? 40 : 122, cell: ({ node }) => (node === undefined ? null : isNarrow ? <><StatusMark status={node.status} /><span class="visually-hidden">{statusWord(node.status)}</span></> : <Status status={node.status} />) },
    { key: "below", title: isNarrow ? "Below" : "With all below it", width: isNarrow ? 84 : 230, cell: ({ node }) => (node === undefined || node.total < 2 ? null : <RollUp node={node} isNarrow={isNarrow} />) },
  ];
}

function Problem({ node: { problem, parent_task_id: parent } }: { node: TreeNode }): JSX.Element | null {
  if (problem === null) return null;
  return <span class="badge error" title={parent ?? ""}>{problem === "cycle" ? "its own ancestor" : "parent missing"}</span>;
}

function RollUp({ node: { rollUp, total }, isNarrow }: { node: TreeNode; isNarrow: boolean }): JSX.Element {
  const done = rollUp.done ?? 0;
  return (
    <span class="roll-up">
      {isNarrow ? null : <span class="grow"><StatusBar isThin counts={rollUp} label="With all below it" /></span>}
      <span class="nowrap">{number(done)}/{number(total)}</span>
      {isNarrow ? null : <span class="muted nowrap share">{percent(done, total)}</span>}
    </span>
  );
}
