import type { HealthCheck } from "../../ledger/health.ts";
import type { TimeChange } from "../../ledger/fix-times.ts";
import { isProgressDbError, ProgressDbError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { databaseOf } from "../database.ts";
import { checkFiles } from "../file-checks.ts";
import { wrap } from "../help.ts";
import { shortIds } from "../output/task-table.ts";
import { oneLine } from "../output/text.ts";

/** Exit codes: 11 when the file is damaged, 1 when anything but a remark was found. */
export async function run(context: Context): Promise<number> {
  if (context.is("fix-times") && context.is("readonly")) {
    throw new ProgressDbError("READ_ONLY", "colony doctor --fix-times writes, and --readonly forbids it", { hint: "leave out --readonly" });
  }
  const files = checkFiles(await databaseOf(context)); // Before the database is opened, which heals some of it.
  const { ledger, changes } = await examine(context, files);
  const checks = [...files, ...ledger];
  const found = checks.filter((check) => check.count > 0);
  await context.print({
    name: "checks", rows: checks.map((check) => ({ ...check })), fields: ["id", "severity", "count", "what"],
    more: { changes, isHealthy: found.every((check) => check.severity === "info") },
    human: () => [...changeLines(changes, context), ...found.flatMap((check) => checkLines(check, context)), passed(checks.length - found.length, context)],
  });
  if (found.some((check) => check.id === "integrity")) return 11;
  return found.some((check) => check.severity !== "info") ? 1 : 0;
}

/** The ledger's checks; none when the lock is not to be had, which the files' checks explain. */
async function examine(context: Context, files: readonly HealthCheck[]): Promise<{ ledger: HealthCheck[]; changes: TimeChange[] }> {
  try {
    const db = await context.open();
    const changes = context.is("fix-times") ? await db.fixTimes() : [];
    const olderThan = context.number("older-than");
    const ledger = await db.getHealth({
      integrity: context.is("full") ? "full" : "quick",
      staleAfterMinutes: olderThan === undefined ? undefined : olderThan / 60_000,
    });
    return { ledger, changes };
  } catch (error) {
    const isExplained = isProgressDbError(error) && error.code === "BUSY" && files.some((check) => check.id === "locked" && check.count > 0);
    if (!isExplained) throw error;
    context.remark("the ledger itself could not be looked at: it is locked");
    return { ledger: [], changes: [] };
  }
}

const MARKS = { error: ["✗", "bad"], warning: ["!", "warn"], info: ["·", "plain"] } as const;
const IDS_SHOWN = 5;
const INDENT = " ".repeat(8);
const WIDEST = 100;

function checkLines({ severity, what, fix, count, ids, id, of }: HealthCheck, { style, terminal }: Context): string[] {
  const [mark, tone] = MARKS[severity];
  const short = shortIds(ids);
  const shown = ids.slice(0, IDS_SHOWN).map((each) => oneLine(terminal.isScreen ? short.get(each)! : each));
  const indented = (text: string): string[] => wrap(text, terminal.isScreen ? Math.min(terminal.columns, WIDEST) - INDENT.length : Infinity).map((line) => INDENT + line);
  const [first = "", ...more] = indented(`${what} (${id})`);
  return [
    style(tone, `${mark} ${String(count).padStart(4)}`) + first.slice(INDENT.length - 2), ...more,
    ...(of === "file" ? ids.flatMap((each) => indented(oneLine(each))) : indented(`${shown.join(" ")}${count > shown.length ? " …" : ""}`)).map((line) => style("dim", line)),
    ...indented(`→ ${oneLine(fix)}`), "",
  ];
}

function changeLines(changes: readonly TimeChange[], context: Context): string[] {
  if (!context.is("fix-times")) return [];
  const verb = context.is("dry-run") ? "would be rewritten" : "rewritten";
  return [
    ...changes.map(({ table, column, id, before, after, why }) =>
      `${context.style("good", "✓")} ${table}.${column} of ${oneLine(id)}: ${oneLine(before)} → ${after}${why === "future" ? " (was yet to come)" : ""}`),
    `${changes.length} times ${verb}`, "",
  ];
}

function passed(count: number, { style }: Context): string {
  return style("good", `✓ ${String(count).padStart(4)}  checks passed`);
}
