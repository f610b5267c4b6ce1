import * as z from "zod/mini";
import { invalid } from "../errors.ts";
import type { TaskInput } from "../types.ts";

/** Checks what callers give before anything is written; an error names the place, as in `task[3].steps[0].title`. */

// Whatever zod can check in more than one way is a rule or a custom type here: each further kind of check is code in every bundle.
const rule = <Value>(isKept: (value: Value) => boolean, error: string): z.core.$ZodCheck<Value> => z.refine(isKept, { error });

const text = z.string({ error: "must be a text" }).check(
  rule((value) => value.isWellFormed(), "contains a lone surrogate, which UTF-8 cannot hold"),
);
const someText = text.check(rule((value) => value !== "", "must not be empty"));
const WHOLE = "must be a whole number within ±(2^53 - 1)";
const integer = z.number({ error: WHOLE }).check(rule(Number.isSafeInteger, WHOLE));
const atLeast = (least: number): z.core.$ZodCheck<number> => rule((value) => value >= least, `must be ${least} or more`);
const count = integer.check(atLeast(0));
const oneOf = (values: readonly unknown[], error: string): z.ZodMiniType => z.custom((value) => values.includes(value), { error });
const maybe = <Schema extends z.ZodMiniType>(schema: Schema): z.ZodMiniOptional<z.ZodMiniNullable<Schema>> =>
  z.optional(z.nullable(schema));
const list = <Item extends z.ZodMiniType>(item: Item): z.ZodMiniArray<Item> => z.array(item, { error: "must be a list" });

const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodMiniObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys"
      ? `has no field ${String(issue.keys[0])}; the fields are ${Object.keys(shape).join(", ")}`
      : "must be an object"),
  });

const step = (): z.ZodMiniType => strict({
  title: someText,
  detail: maybe(text),
  seq: z.optional(integer),
});

const sopItem = (): z.ZodMiniType => strict({
  key: someText,
  description: someText,
  required: z.optional(oneOf([true, false, 0, 1], "must be true or false")),
  note: maybe(text),
});

const task = (): z.ZodMiniType => strict({
  goal: someText,
  id: maybe(someText),
  seq: maybe(integer),
  priority: z.optional(integer),
  payload: z.optional(z.unknown()),
  max_retries: z.optional(count),
  parent_task_id: maybe(someText),
  steps: maybe(list(step())),
  sop_items: maybe(list(sopItem())),
});

const seedOptions = (): z.ZodMiniType => strict({
  source: z.optional(text),
  ifExists: z.optional(oneOf(["error", "skip"], 'must be "error" or "skip"')),
  onProgress: z.optional(z.custom((value) => typeof value === "function", { error: "must be a function" })),
});
const claim = (): z.ZodMiniType => z.object({ id: someText, claim_token: someText }, { error: "must be a claim, as claimTask returned it" });
const positive = integer.check(atLeast(1));
const minutes = z.number({ error: "must be a number of minutes" }).check(atLeast(0));
const minutesOfWindow = minutes.check(rule((value) => value > 0, "must be more than 0"));
const ids = z.array(someText, { error: "must be a list of task ids" });
const boolean = z.boolean({ error: "must be true or false" });

const STATUSES: readonly unknown[] = ["pending", "claimed", "in_progress", "done", "failed"];
const statuses = (): z.ZodMiniType => z.custom<unknown>((value) => [value].flat().every((each) => STATUSES.includes(each)), {
  error: "must be a status, or a list of them",
}).check(z.overwrite((value) => [value].flat()));

const ORDERS: readonly string[] = ["created", "updated", "priority", "seq", "status", "worker", "retries"];

type Shape =
  | "task" | "seedOptions" | "claim" | "minutes" | "someText" | "text" | "step" | "claimOptions" | "claimManyOptions"
  | "failOptions" | "doneOptions" | "evidenceOptions" | "noteOptions" | "filter"
  | "retryOptions" | "ids" | "failuresOptions" | "healthOptions" | "throughputOptions" | "treeOptions";
/** Made when first asked for: a worker's command needs one or two of them, and should not wait for the others. */
const shapes: Record<Shape, () => z.ZodMiniType> = {
  task,
  seedOptions,
  claim,
  minutes: () => minutes,
  someText: () => someText,
  text: () => text,
  step: () => z.custom((value) => Number.isSafeInteger(value) || someText.safeParse(value).success, { error: "must be a step's id or its seq" }),
  claimOptions: () => strict({ workerId: someText, taskId: z.optional(someText) }),
  claimManyOptions: () => strict({ workerId: someText, limit: positive }),
  failOptions: () => strict({ error: someText, retry: z.optional(boolean) }),
  doneOptions: () => strict({ evidence: text }),
  evidenceOptions: () => strict({ evidence: z.optional(text) }),
  noteOptions: () => strict({ note: z.optional(text) }),
  filter: () => strict({
    status: z.optional(statuses()),
    workerId: z.optional(someText),
    parentTaskId: z.optional(someText),
    source: z.optional(text),
    staleAfterMinutes: z.optional(minutes),
    text: z.optional(someText),
    orderBy: z.optional(oneOf(ORDERS, `must be one of ${ORDERS.join(", ")}`)),
    descending: z.optional(boolean),
    limit: z.optional(positive),
    after: z.optional(someText),
  }),
  retryOptions: () => strict({ ids: z.optional(ids), error: z.optional(someText), resetRetries: z.optional(boolean) }),
  ids: () => ids,
  failuresOptions: () => strict({ limit: z.optional(positive), sample: z.optional(count) }),
  healthOptions: () => strict({
    staleAfterMinutes: z.optional(minutes),
    integrity: z.optional(oneOf(["none", "quick", "full"], 'must be "none", "quick" or "full"')),
    sample: z.optional(count),
  }),
  throughputOptions: () => strict({ windowMinutes: z.optional(minutesOfWindow), buckets: z.optional(positive), until: z.optional(someText) }),
  treeOptions: () => strict({ id: z.optional(someText), depth: z.optional(count), limit: z.optional(positive) }),
};
const made = new Map<Shape, z.ZodMiniType>();

/**
 * Throws INVALID_INPUT unless the value has the shape; `place` is how the caller
 * would name it. Returns a copy of the checked fields: what the caller does to the
 * original afterwards is of no account.
 */
export function check(shape: Shape, value: unknown, place: string): unknown {
  let type = made.get(shape);
  if (type === undefined) made.set(shape, (type = shapes[shape]()));
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(place + (issue?.path ?? []).map(pathPart).join(""), issue?.message ?? "is not valid");
}

/** Checks a batch of tasks, within each and among them; returns a copy. */
export function checkTasks(input: unknown): TaskInput[] {
  if (!Array.isArray(input)) throw invalid("tasks", "must be a list");
  const tasks = input.map((item: unknown, index) => check("task", item, `task[${index}]`) as TaskInput);
  const places = new Map<string, string>();
  for (const [index, item] of tasks.entries()) {
    const place = `task[${index}]`;
    item.steps?.forEach((each, at) => {
      refuseTwin(item.steps!, at, (other, position) => other.seq ?? position + 1, `${place}.steps[${at}].seq`, each.seq ?? at + 1);
    });
    item.sop_items?.forEach((each, at) => {
      refuseTwin(item.sop_items!, at, (other) => other.key, `${place}.sop_items[${at}].key`, each.key);
    });
    if (item.id == null) continue;
    const twin = places.get(item.id);
    if (twin !== undefined) throw invalid(`${place}.id`, `${item.id} is also the id of ${twin}`);
    places.set(item.id, place);
  }
  refuseCycles(tasks);
  return tasks;
}

/** The payload as it is stored: text as it is, nothing as NULL, the rest as JSON. */
export function payloadText(payload: unknown, place: string): string | null {
  if (payload === undefined || payload === null) return null;
  if (typeof payload === "string") {
    check("text", payload, place);
    return payload;
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(payload, (_key, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
      return value;
    });
  } catch (error) {
    throw invalid(place, `cannot be stored as JSON: ${(error as Error).message}`, error);
  }
  if (json === undefined) throw invalid(place, `cannot be stored as JSON: it is a ${typeof payload}`);
  return json;
}

function pathPart(part: PropertyKey): string {
  return typeof part === "number" ? `[${part}]` : `.${String(part)}`;
}

function refuseTwin<Item, Value>(
  items: readonly Item[], at: number, valueOf: (item: Item, at: number) => Value, place: string, value: Value,
): void {
  const twin = items.findIndex((other, position) => valueOf(other, position) === value);
  if (twin < at) throw invalid(place, `${String(value)} is taken by item [${twin}] of the same list`);
}

/** A task that is its own ancestor would never show in a tree. Only tasks with ids can be named as parents. */
function refuseCycles(tasks: readonly TaskInput[]): void {
  const parents = new Map(tasks.map((item) => [item.id ?? undefined, item.parent_task_id ?? undefined]));
  const isSafe = new Set<string>();
  for (const [index, item] of tasks.entries()) {
    const path = new Set<string>();
    for (let id = item.id ?? undefined; id !== undefined && !isSafe.has(id); id = parents.get(id)) {
      if (path.has(id)) throw invalid(`task[${index}].parent_task_id`, "makes the task its own ancestor");
      path.add(id);
    }
    for (const id of path) isSafe.add(id);
  }
}
