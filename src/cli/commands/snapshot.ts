import { resolve } from "node:path";
import { copySqlite } from "../../colony/copy-sqlite.ts";
import type { Context } from "../context.ts";
import { databaseOf } from "../database.ts";
import { expectShortLife } from "../short-lived.ts";

export async function run(context: Context): Promise<void> {
  const path = resolve(context.arg("out") ?? "");
  expectShortLife();
  const bytes = await copySqlite(await databaseOf(context), path, { replace: context.is("force"), signal: context.signal });
  await context.print({ name: "snapshot", single: true, fields: ["path", "bytes"], rows: [{ path, bytes }], human: () => [path] });
}
