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
import { Icon } from "../ui/icons.tsx";
import { Status } from "../ui/status.tsx";
import { flatten, type Branch } from "./tree-rows.ts";

/** Tasks below one another, with what is below each summed up. Children are asked for when they are shown. */
export function TreeView(): JSX.Element {
  const { id, query } = route.value;
  const status = query.get("status") ?? "";
  const roots = useRemote("tree", [null]);
  const [branches, setBranches] = useState<ReadonlyMap<string, Branch>>(new Map());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(0);
  const table = useRef<HTMLTableElement>(null);

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
  const at = Math.min(active, rows.length - 1);
  const focus = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    table.current?.tBodies[0]?.rows[next]?.focus();
  };
  const current = rows[at];
  const node = current?.node;
  const actions: Record<string, (() => void) | undefined> = {
    ArrowDown: () => focus(at + 1),
    ArrowUp: () => focus(at - 1),
    Home: () => focus(0),
    End: () => focus(rows.length - 1),
    ...(node === undefined ? {} : {
      Enter: () => go(linkTo("task", node.id)),
      ArrowRight: () => (open.has(node.id) ? focus(at + 1) : unfold(node.children > 0 ? [node.id] : [])),
      ArrowLeft: () => (open.has(node.id) ? fold([node.id]) : focus(rows.findIndex((each) => each.node?.id === current?.parent))),
    }),
  };
  useViewKeys({
    expand: () => unfold(rows.flatMap(({ node }) => (node !== undefined && node.children > 0 ? [node.id] : []))),
    collapse: () => setOpen(new Set()),
  });

  return (
    <div class="view">
      <div class="view-head">
        <h1>Tree</h1>
        <div class="row tight">
          <select aria-label="Only branches with" value={status} onChange={(event) => go(withQuery({ status: event.currentTarget.value }))}>
            <option value="">all tasks</option>
            {STATUSES.map((each) => <option key={each} value={each}>with {statusWord(each)}</option>)}
          </select>
          <button type="button" onClick={() => unfold(rows.flatMap(({ node }) => (node !== undefined && node.children > 0 ? [node.id] : [])))}>Expand</button>
          <button type="button" onClick={() => setOpen(new Set())}>Collapse</button>
        </div>
      </div>
      <Loaded remote={roots}>{(tree) => (tree.nodes.length === 0 ? <p class="card empty">There are no tasks.</p> : rows.length === 0 ? <p class="card empty">No branch has such a task.</p> : (
        <div class="scroll">
          <table class="grid-table tree" role="treegrid" aria-label="Tasks by parent" ref={table} onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).tagName !== "TR") return;
            const act = actions[event.key];
            if (act === undefined) return;
            event.preventDefault();
            act();
          }}>
            <colgroup><col /><col class="w-status" /><col class="w-roll" /></colgroup>
            <thead><tr><th scope="col"><span>Task</span></th><th scope="col"><span>Status</span></th><th scope="col"><span>With all below it</span></th></tr></thead>
            <tbody>
              {rows.map(({ key, node, depth, cut }, index) => (node === undefined ? (
                <tr key={key} aria-level={depth + 1}><td colSpan={3}><span class={`tree-cell d-${Math.min(depth, 12)} muted`}>{cut}</span></td></tr>
              ) : (
                <tr key={key} aria-level={depth + 1} aria-expanded={node.children > 0 ? open.has(node.id) : undefined} tabIndex={index === at ? 0 : -1} onFocus={() => setActive(index)}
                  aria-selected={node.id === id} onClick={() => go(linkTo("task", node.id))}>
                  <td>
                    <span class={`tree-cell d-${Math.min(depth, 12)}`}>
                      {node.children === 0 ? <span class="twist" /> : (
                        <button type="button" class="twist" tabIndex={-1} aria-label={open.has(node.id) ? "Collapse" : "Expand"} onClick={(event) => {
                          event.stopPropagation();
                          if (open.has(node.id)) fold([node.id]);
                          else unfold([node.id]);
                        }}><Icon name={open.has(node.id) ? "down" : "right"} size={13} /></button>
                      )}
                      <bdi class="cut" title={node.goal}>{node.goal}</bdi>
                      <Problem node={node} />
                    </span>
                  </td>
                  <td><Status status={node.status} /></td>
                  <td>{node.total < 2 ? null : <RollUp node={node} />}</td>
                </tr>
              )))}
            </tbody>
          </table>
        </div>
      ))}</Loaded>
    </div>
  );
}

function Problem({ node: { problem, parent_task_id: parent } }: { node: TreeNode }): JSX.Element | null {
  if (problem === null) return null;
  return <span class="badge error" title={parent ?? ""}>{problem === "cycle" ? "its own ancestor" : "parent missing"}</span>;
}

function RollUp({ node: { rollUp, total } }: { node: TreeNode }): JSX.Element {
  const done = rollUp.done ?? 0;
  return (
    <span class="roll-up">
      <span class="grow"><StatusBar isThin counts={rollUp} label="With all below it" /></span>
      <span class="nowrap">{number(done)}/{number(total)}</span>
      <span class="muted nowrap share">{percent(done, total)}</span>
    </span>
  );
}
