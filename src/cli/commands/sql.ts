import { existsSync } from "node:fs";
import { isProgressDbError, ProgressDbError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { databaseOf, openOptions } from "../database.ts";
import { parseArguments, UsageError, type Invocation } from "../shell/options.ts";
import { BadName } from "../shell/uri.ts";
import { expectShortLife } from "../short-lived.ts";
import { usage } from "../usage.ts";

/** The shell of `colony-sqlite3` on the colony's database, with this command line's errors and exit codes. */
export async function run(context: Context): Promise<number> {
  const invocation = parsed(context.argv, await databaseOf(context));
  if (invocation.answer !== undefined) throw usage(`colony sql does not take -${invocation.answer}`);
  expectShortLife();
  const { timeoutMs, nativeClients } = await openOptions(context);
  const { runShell } = await import("../shell/run.ts");
  const isWriter = context.is("write") && !invocation.readOnly;
  try {
    return await runShell({ ...invocation, readOnly: !isWriter, create: false }, { timeoutMs, nativeClients, throws: true });
  } catch (error) {
    throw isWriter ? error : withWayOut(error);
  }
}

/** The first word is the database when there is such a file: no SQL looks like one. */
function parsed(argv: readonly string[], database: string): Invocation {
  try {
    const invocation = parseArguments(argv);
    const { name, sql } = invocation;
    if (name === "" || name.startsWith("file:") || existsSync(invocation.path)) {
      return name === "" ? { ...invocation, name: database, path: database } : invocation;
    }
    return { ...invocation, name: database, path: database, sql: [name, ...sql] };
  } catch (error) {
    if (error instanceof UsageError || error instanceof BadName) throw usage(error.message, "colony help sql shows how");
    throw error;
  }
}

function withWayOut(error: unknown): unknown {
  if (!isProgressDbError(error) || error.code !== "READ_ONLY") return error;
  const { message, details, cause } = error;
  return new ProgressDbError("READ_ONLY", message, { hint: "colony sql only reads: add --write to let it write", details, cause });
}
