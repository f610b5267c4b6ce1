import { isDeepStrictEqual } from "node:util";
import type { SopItemRow, StepRow, TaskRow } from "hive-progress-db";
import type { Outcome } from "../processes/actor.ts";
import { apply, type ModelTask, Refusal, type World } from "./ledger-model.ts";
import type { Call } from "./steps.ts";

/** Says whether what was answered and what is stored can have come of the calls, in whatever order they took effect. */

/** The tables as they are, read by native SQLite. */
export interface Rows {
  tasks: TaskRow[];
  steps: StepRow[];
  sop_checklist: SopItemRow[];
}

/** Tokens by the names that the model gave them. */
type Tokens = Map<string, string>;

export interface Explanation {
  readonly world: World;
  /** The tokens that were minted. */
  readonly minted: readonly string[];
  /** Of the calls whose outcome nobody heard, those that took effect. */
  readonly unheardDone: number;
  /** Orders that would not do: more than none says that the calls met. */
  readonly otherOrders: number;
}

/** Finds an order of the calls in which the model answers as the library did and ends as the rows are; throws when there is none. */
export function explain(before: World, calls: readonly Call[], outcomes: readonly Outcome[], rows: Rows): Explanation {
  const stored = asTasks(rows);
  let found: Explanation | undefined;
  let otherOrders = 0;
  const objections: string[] = [];
  for (const order of orders(calls.map((_, index) => index))) {
    const explanation = tryOrder(before, calls, outcomes, stored, order);
    if (typeof explanation === "string") {
      if (order.length === calls.length) otherOrders++;
      objections.push(`${order.map((index) => calls[index]!.verb).join(", ") || "nothing"}: ${explanation}`);
    } else {
      found ??= explanation;
    }
  }
  if (found === undefined) throw new Error(`no order of the calls explains what is there:\n  ${objections.join("\n  ")}`);
  return { ...found, otherOrders };

  /** All orders; a call whose outcome is unknown may also be left out. */
  function orders(rest: readonly number[]): number[][] {
    const isOptional = rest.every((index) => outcomes[index]!.isUnknown);
    return [...(isOptional ? [[]] : []), ...rest.flatMap((first) => orders(rest.filter((each) => each !== first)).map((others) => [first, ...others]))];
  }
}

function tryOrder(before: World, calls: readonly Call[], outcomes: readonly Outcome[], stored: ModelTask[], order: readonly number[]): Explanation | string {
  const tokens: Tokens = new Map();
  let world = before;
  for (const index of order) {
    const { verb, args } = calls[index]!;
    const result = apply(world, verb, args);
    world = result.world;
    const difference = outcomes[index]!.isUnknown ? undefined : differs(result.value, outcomes[index]!, tokens);
    if (difference !== undefined) return `${verb}: ${difference}`;
  }
  const difference = unequal(world.tasks, stored, tokens, "rows");
  if (difference !== undefined) return difference;
  return {
    world: { ...world, tasks: stored },
    minted: [...tokens.values()],
    unheardDone: order.filter((index) => outcomes[index]!.isUnknown).length,
    otherOrders: 0,
  };
}

/** How an outcome differs from what the model says. */
export function differs(expected: unknown, { value, error }: Outcome, tokens: Tokens = new Map()): string | undefined {
  if (expected instanceof Refusal) {
    return error !== undefined && error.code === expected.code ? undefined : `expected ${expected.code}, got ${JSON.stringify(error ?? value)}`;
  }
  if (error !== undefined) return `expected ${JSON.stringify(expected)}, got ${error.code}: ${error.message}`;
  return unequal(expected ?? null, withoutPartIds(value ?? null), tokens, "value");
}

/** The place of the first difference; `?1` equals any token, always the same one. */
function unequal(expected: unknown, actual: unknown, tokens: Tokens, place: string): string | undefined {
  if (typeof expected === "string" && expected.startsWith("?") && typeof actual === "string") {
    const known = tokens.get(expected) ?? actual;
    tokens.set(expected, known);
    return known === actual ? undefined : `${place}: expected the token ${known}, got ${actual}`;
  }
  if (typeof expected !== "object" || expected === null || typeof actual !== "object" || actual === null) {
    return isDeepStrictEqual(expected, actual) ? undefined : `${place}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
  }
  const entries = (object: object): [string, unknown][] => Object.entries(object).filter(([, value]) => value !== undefined);
  const keys = new Set([...entries(expected), ...entries(actual)].map(([key]) => key));
  for (const key of keys) {
    const difference = unequal(expected[key as never], actual[key as never], tokens, `${place}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function asTasks({ tasks, steps, sop_checklist: items }: Rows): ModelTask[] {
  return withoutPartIds(tasks.map((task) => ({
    ...task,
    steps: steps.filter(({ task_id: id }) => id === task.id),
    sop_items: items.filter(({ task_id: id }) => id === task.id),
  }))) as ModelTask[];
}

/** Rows of steps and SOP items without their ids, which are random. */
function withoutPartIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "object" || part === null || !("task_id" in part)) return part;
    const { id: _id, ...rest } = part as { id?: string };
    return rest;
  }));
}
