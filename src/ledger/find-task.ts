import { ProgressDbError } from "../errors.ts";
import type { Sql } from "../sqlite/sql.ts";
import { noTask } from "./task.ts";

const CANDIDATES_SHOWN = 5;

/**
 * The id of the task that is meant by an id, or by the beginning of one that no
 * other task's id has. Throws NOT_FOUND, also when several begin so: they are named.
 */
export function findTaskId(sql: Sql, idOrPrefix: string): string {
  if (sql.get("SELECT 1 FROM tasks WHERE id = ?", [idOrPrefix]) !== undefined) return idOrPrefix;
  // A range, so that the primary key's index answers: U+10FFFF sorts after all that an id may go on with.
  const candidates = sql.all<{ id: string }>(
    "SELECT id FROM tasks WHERE id >= ? AND id < ? ORDER BY id LIMIT ?", [idOrPrefix, `${idOrPrefix}\u{10ffff}`, CANDIDATES_SHOWN + 1],
  ).map(({ id }) => id);
  const [only] = candidates;
  if (only === undefined) throw noTask(idOrPrefix);
  if (candidates.length === 1) return only;
  const shown = candidates.slice(0, CANDIDATES_SHOWN).join(", ") + (candidates.length > CANDIDATES_SHOWN ? ", …" : "");
  throw new ProgressDbError("NOT_FOUND", `${idOrPrefix} is the beginning of more than one task's id: ${shown}`, {
    hint: "give more of the id",
    details: { id: idOrPrefix, candidates },
  });
}
