import type { TreeNode } from "hive-progress-db/browser";
import { number } from "../shared/words.ts";

/** A tree's unfolded part as rows. */

export interface Branch {
  nodes: readonly TreeNode[];
  isCut: boolean;
}

export interface TreeRow {
  key: string;
  /** Undefined for the remark that there are more. */
  node: TreeNode | undefined;
  parent: string | undefined;
  depth: number;
  cut?: string;
}

/** Branches without a task of the status, at any depth, are left out; a task's ancestors always stay. */
export function flatten(roots: Branch | undefined, branches: ReadonlyMap<string, Branch>, open: ReadonlySet<string>, status: string): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (branch: Branch | undefined, parent: string | undefined, depth: number, above: ReadonlySet<string>): void => {
    for (const node of branch?.nodes ?? []) {
      if (status !== "" && (node.rollUp[status as keyof TreeNode["rollUp"]] ?? 0) === 0) continue;
      rows.push({ key: `${parent ?? ""}/${node.id}`, node, parent, depth });
      if (open.has(node.id) && !above.has(node.id)) add(branches.get(node.id), node.id, depth + 1, new Set([...above, node.id]));
    }
    if (branch?.isCut === true) {
      rows.push({ key: `${parent ?? ""}/…`, node: undefined, parent, depth, cut: `Only the first ${number(branch.nodes.length)} are listed here: filter the tasks for the rest.` });
    }
  };
  add(roots, undefined, 0, new Set());
  return rows;
}
