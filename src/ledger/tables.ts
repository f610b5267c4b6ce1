import { ProgressDbError } from "../errors.ts";
import type { Sql } from "../sqlite/sql.ts";

/**
 * Throws CORRUPT when something else is in the place of one of the ledger's tables.
 * A view there can run without end, and nobody could stop it: it is looked for
 * before anything is asked of it.
 */
export function assertTables(sql: Sql): void {
  const strange = sql.get<{ type: string; name: string }>(`
    SELECT CASE type WHEN 'table' THEN 'virtual table' ELSE type END AS type, name FROM sqlite_schema
    WHERE lower(name) IN ('tasks', 'steps', 'sop_checklist', 'colony_meta') AND (type <> 'table' OR rootpage = 0) LIMIT 1`);
  if (strange === undefined) return;
  throw new ProgressDbError("CORRUPT", `${strange.name} is a ${strange.type}, not a table of the ledger`, {
    hint: "this is not a database of ours, or somebody has tampered with it: restore it from a copy",
    details: { name: strange.name, type: strange.type },
  });
}
