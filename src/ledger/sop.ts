import { sqlTime, type Clock } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import type { Sql } from "../sqlite/sql.ts";
import type { ClaimRef, SopItemRow } from "../types.ts";
import { renew } from "./claim.ts";

/** Checks an SOP item off. One that is checked off already stays as it is. */
export function checkOffSopItem(sql: Sql, clock: Clock, claim: ClaimRef, key: string, note: string | undefined): void {
  const workerId = renew(sql, clock, claim);
  const item = sql.get<Pick<SopItemRow, "id">>("SELECT id FROM sop_checklist WHERE task_id = ? AND key = ?", [claim.id, key]);
  if (item === undefined) throw noSopItem(sql, claim, key);
  sql.run(
    "UPDATE sop_checklist SET done_at = ?, done_by = ?, note = COALESCE(?, note) WHERE id = ? AND done_at IS NULL",
    [sqlTime(clock), workerId, note ?? null, item.id],
  );
}

/** Throws SOP_OPEN, listing them, while required items of the task are open. */
export function refuseOpenGates(sql: Sql, id: string): void {
  const open = sql.all<Pick<SopItemRow, "key" | "description">>(
    "SELECT key, description FROM sop_checklist WHERE task_id = ? AND required <> 0 AND done_at IS NULL ORDER BY rowid", [id],
  );
  if (open.length === 0) return;
  throw new ProgressDbError("SOP_OPEN", `task ${id} cannot be completed: required SOP items are open: ${open.map((item) => item.key).join(", ")}`, {
    hint: "do what they ask, and check each off with checkOffSopItem",
    details: { id, open },
  });
}

function noSopItem(sql: Sql, claim: ClaimRef, key: string): ProgressDbError {
  const known = sql.all<{ key: string }>("SELECT key FROM sop_checklist WHERE task_id = ? ORDER BY rowid", [claim.id]);
  return new ProgressDbError("NOT_FOUND", `task ${claim.id} has no SOP item ${key}`, {
    hint: known.length === 0 ? "the task has no SOP items" : `its SOP items are ${known.map((item) => item.key).join(", ")}`,
    details: { id: claim.id, key },
  });
}
