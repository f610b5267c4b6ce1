import type { CommandSpec } from "../spec.ts";

export const FOR_QUEENS: readonly CommandSpec[] = [];
