import type { CommandSpec } from "../spec.ts";
import { FOR_ALL } from "./any.ts";
import { FOR_HUMANS } from "./human.ts";
import { FOR_QUEENS } from "./queen.ts";
import { FOR_WORKERS } from "./worker.ts";

/** The one table of commands. */
export const COMMANDS: readonly CommandSpec[] = [...FOR_WORKERS, ...FOR_QUEENS, ...FOR_HUMANS, ...FOR_ALL];
