import type { CommandSpec } from "../spec.ts";

export const FOR_HUMANS: readonly CommandSpec[] = [];
