import { basename, dirname, resolve } from "node:path";
import type { Context } from "../context.ts";
import { openOptions } from "../database.ts";
import { oneLine } from "../output/text.ts";
import { usage } from "../usage.ts";

export async function run(context: Context): Promise<void> {
  if (context.is("dry-run") || context.is("readonly")) throw usage("init makes files: it does not go with --dry-run or --readonly");
  if (context.is("enforce-gates") && context.is("no-enforce-gates")) throw usage("--enforce-gates and --no-enforce-gates do not go together");
  const enforceGates = context.is("enforce-gates") ? true : context.is("no-enforce-gates") ? false : undefined;
  const say = (message: string): void => context.remark(oneLine(message));
  const logger = { info: say, warn: (message: string) => context.terminal.talk(`${oneLine(message)}\n`) };
  const options = { ...(await openOptions(context)), logger, ...(enforceGates === undefined ? {} : { enforceGates }) };
  const { ensureAllColonyDbs, ensureProgressDb } = await import("../../colony/ensure.ts");
  const paths = context.is("all") ? await ensureAllColonyDbs(undefined, options) : [await ensureProgressDb(await folderOf(context), options)];
  await context.print({ name: "databases", rows: paths.map((path) => ({ path })), human: () => paths.map(oneLine) });
}

/** The colony's folder: as it is given, by its name, or the one whose database --db names. */
async function folderOf(context: Context): Promise<string> {
  const [folder, colony, db] = [context.arg("folder"), context.text("colony"), context.text("db")];
  if (folder !== undefined && colony !== undefined) throw usage("give the colony's folder or its name (--colony), not both");
  if (folder !== undefined) return folder;
  if (colony !== undefined) return (await import("../../colony/named-colony.ts")).colonyFolder(colony);
  if (db === undefined) return ".";
  const data = dirname(resolve(db));
  if (basename(db) !== "progress.db" || basename(data) !== "data") {
    throw usage(`init makes FOLDER/data/progress.db, which ${db} is not`, "give the colony's folder: colony init FOLDER");
  }
  return dirname(data);
}
