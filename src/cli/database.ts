import { join } from "node:path";
import type { ProgressDb } from "../progress-db.ts";
import type { OpenOptions } from "../types.ts";
import type { Context } from "./context.ts";
import { expectShortLife } from "./short-lived.ts";
import { wasmBesideUs } from "./wasm.ts";

/** Which database is meant, and how it is opened. */

/** Flag before environment before the place where a colony's folder has it. Throws INVALID_INPUT for a colony's name that is a path. */
export async function databaseOf(context: Context): Promise<string> {
  const colony = context.text("colony");
  if (colony === undefined) return context.text("db") ?? join("data", "progress.db");
  const [{ colonyFolder }, { databasePath }] = await Promise.all([import("../colony/named-colony.ts"), import("../colony/paths.ts")]);
  return databasePath(colonyFolder(colony));
}

/** Opened for the command: with its patience, and over an overlay when nothing may reach the disk. */
export async function openDatabase(context: Context, options: OpenOptions): Promise<ProgressDb> {
  const [path, { openProgressDb }] = await Promise.all([databaseOf(context), import("../colony/open.ts")]);
  return openProgressDb(path, { ...(await openOptions(context)), ...options });
}

export async function openOptions(context: Context): Promise<OpenOptions> {
  expectShortLife();
  const options: OpenOptions = { timeoutMs: context.number("timeout"), signal: context.signal, wasm: wasmBesideUs() };
  if (context.is("no-native-clients")) options.nativeClients = "none";
  if (context.is("verbose")) {
    const say = (message: string): void => context.terminal.talk(`${message}\n`);
    options.logger = { info: say, warn: say };
  }
  if (context.is("dry-run") || context.is("readonly")) {
    const [{ overlay }, { nodeFile }] = await Promise.all([import("../persistence/overlay.ts"), import("../persistence/node-file.ts")]);
    options.persistence = overlay(nodeFile());
  }
  return options;
}
