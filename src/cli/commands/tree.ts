import type { TreeNode } from "../../ledger/tree.ts";
import type { Context } from "../context.ts";
import { STATUS } from "../output/style.ts";
import { shortIds } from "../output/task-table.ts";
import { fit, oneLine, width } from "../output/text.ts";

export async function run(context: Context): Promise<void> {
  const [word, depth, limit] = [context.arg("id"), context.number("depth"), context.number("limit") ?? 500];
  const db = await context.open();
  const id = word === undefined ? undefined : await db.findTaskId(word);
  const { nodes, isCut } = await db.getTree({ id, depth, limit });
  await context.print({
    name: "nodes", rows: nodes.map((node) => ({ ...node })), more: { isCut }, fields: ["depth", "id", "status", "total", "goal"],
    human: () => lines(nodes, context),
  });
  if (nodes.length === 0) context.remark("no tasks");
  if (isCut) context.remark(`the first ${nodes.length}; see more with --limit, or less of each with --depth`);
}

/** Branches as they are drawn: a node's line runs down while siblings follow. */
function lines(nodes: readonly TreeNode[], { style, terminal }: Context): string[] {
  const short = shortIds(nodes.map(({ id }) => id));
  const follows = new Map<number, boolean>();
  const branches: string[] = [];
  for (let at = nodes.length - 1; at >= 0; at--) {
    const { depth } = nodes[at]!;
    const indent = Array.from({ length: Math.max(0, depth - 1) }, (_, level) => (follows.get(level + 1) === true ? "│ " : "  ")).join("");
    branches[at] = depth === 0 ? "" : `${indent}${follows.get(depth) === true ? "├ " : "└ "}`;
    follows.set(depth, true);
    for (const level of follows.keys()) if (level > depth) follows.set(level, false);
  }
  return nodes.map((node, at) => {
    const { mark, tone } = STATUS[node.status] ?? { mark: "?", tone: "warn" as const };
    const done = node.rollUp.done ?? 0;
    const failed = node.rollUp.failed ?? 0;
    const rollUp = node.children === 0 ? "" : ` ${done}/${node.total} done${failed === 0 ? "" : `, ${failed} failed`}`;
    const problem = node.problem === null ? "" : ` (${node.problem.replace("_", " ")})`;
    const branch = branches[at]!.length > 40 ? `${node.depth}: ` : branches[at]!;
    const head = `${branch}${mark} ${short.get(node.id)!}  `;
    const room = terminal.columns - width(head) - rollUp.length - problem.length;
    const goal = fit(oneLine(node.goal), Math.max(8, room));
    return style("dim", branch) + style(tone, mark) + ` ${oneLine(short.get(node.id)!)}  ${goal}` + style("dim", rollUp) + style("warn", problem);
  });
}
