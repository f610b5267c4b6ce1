import type { Context } from "./context.ts";
import type { ProgressDb } from "../progress-db.ts";
import type { ClaimRef } from "../types.ts";
import { claimRef } from "./claim-ref.ts";
import { wordsOf } from "./stdin.ts";
import { statusWord } from "./output/style.ts";

/** A verb on each of the claims named, one after another; the first that fails ends it, after those before it were reported. */
export async function eachClaim(context: Context, verb: (db: ProgressDb, claim: ClaimRef) => Promise<string>): Promise<void> {
  const ids = await wordsOf(context, "id");
  const db = await context.open();
  const rows: { id: string; status: string }[] = [];
  try {
    for (const id of ids) {
      const claim = await claimRef(context, db, id);
      rows.push({ id: claim.id, status: await verb(db, claim) });
    }
  } finally {
    if (rows.length > 0) await printStatuses(context, rows, ids.length === 1);
  }
}

/** The tasks a command has changed, and what they are now. */
export function printStatuses(context: Context, rows: readonly { id: string; status: string }[], single = false): Promise<void> {
  return context.print({
    name: single ? "task" : "tasks", single, rows,
    human: () => rows.map(({ id, status }) => `${statusWord(context.style, status)}  ${id}`),
  });
}
