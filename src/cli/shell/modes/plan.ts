import type { SqlValue } from "../../../sqlite/sql.ts";
import type { Format } from "./printer.ts";

/** What EXPLAIN QUERY PLAN calls its columns; nothing else has one called so. */
export function isQueryPlan(columns: readonly string[]): boolean {
  return columns.join() === "id,parent,notused,detail";
}

/** The plan as a tree, whatever the mode. */
export const queryPlan: Format = (_settings, write) => {
  const children = new Map<SqlValue, { id: SqlValue; detail: SqlValue }[]>();
  const branch = (parent: SqlValue, indent: string): void => {
    const nodes = children.get(parent) ?? [];
    for (const [index, { id, detail }] of nodes.entries()) {
      const isLast = index === nodes.length - 1;
      write(`${indent}${isLast ? "`--" : "|--"}${String(detail)}\n`);
      branch(id, `${indent}${isLast ? "   " : "|  "}`);
    }
  };
  return {
    row([id = null, parent = null, , detail = null]) {
      const siblings = children.get(parent) ?? [];
      children.set(parent, [...siblings, { id, detail }]);
    },
    end() {
      write("QUERY PLAN\n");
      branch(0n, "");
    },
  };
};
