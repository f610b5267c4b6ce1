import type { TaskInput } from "../types.ts";
import { CliError } from "./usage.ts";

/** Tasks as a queen writes them down: a JSON list, `{"tasks": [...]}`, or an object a line. */

/** Digits that JSON.parse may round. */
const LONG_NUMBER = /\d{16}/;

/** Throws INVALID_INPUT with the line that is no JSON. What the tasks must be like, `seedTasks` checks. */
export async function parseSeed(text: string, name: string): Promise<TaskInput[]> {
  const body = text.replace(/^\ufeff/, "");
  const whole = parsed(body);
  const tasks = whole.ok ? listOf(whole.value, name) : parseLines(body, name, whole.error);
  if (LONG_NUMBER.test(body)) await keepPayloads(tasks, body, whole.ok);
  return tasks;
}

function listOf(value: unknown, name: string): TaskInput[] {
  const list = Array.isArray(value) ? value : (value as { tasks?: unknown } | null)?.tasks;
  if (Array.isArray(list)) return list as TaskInput[];
  if (typeof value === "object" && value !== null && "goal" in value) return [value as TaskInput];
  throw notSeed(`${name}: no list of tasks in it`, 'give [{"goal": …}, …], or one such object a line');
}

function parseLines(body: string, name: string, ofWhole: string): TaskInput[] {
  const tasks: TaskInput[] = [];
  for (const [index, line] of body.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const result = parsed(line);
    if (result.ok && typeof result.value === "object") tasks.push(result.value as TaskInput);
    else if (tasks.length === 0) throw notSeed(`${name}: is not JSON: ${ofWhole}`, "correct it; nothing was written");
    else throw notSeed(`${name}, line ${index + 1}: is not JSON: ${result.ok ? "no object" : result.error}`, "correct it; nothing was written");
  }
  if (tasks.length === 0) throw notSeed(`${name}: is empty`, 'give [{"goal": …}, …], or one such object a line');
  return tasks;
}

function parsed(text: string): { ok: true; value: unknown } | { ok: false; error: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error: (error as Error).message };
  }
}

/** Payloads with long numbers as they are written: parsed, their last digits would be lost. */
async function keepPayloads(tasks: TaskInput[], body: string, isOneDocument: boolean): Promise<void> {
  const { findNodeAtLocation, parseTree } = await import("jsonc-parser");
  const documents = isOneDocument ? [body] : body.split(/\r?\n/).filter((line) => line.trim() !== "");
  let at = 0;
  for (const document of documents) {
    const root = parseTree(document)!;
    const list = root.type === "array" ? root : findNodeAtLocation(root, ["tasks"]);
    for (const node of list?.children ?? [root]) {
      const payload = findNodeAtLocation(node, ["payload"]);
      const task = tasks[at++];
      if (payload === undefined || task === undefined || typeof task.payload !== "object" && typeof task.payload !== "number") continue;
      const source = document.slice(payload.offset, payload.offset + payload.length);
      if (LONG_NUMBER.test(source)) task.payload = source;
    }
  }
}

function notSeed(message: string, hint: string): CliError {
  return new CliError("INVALID_INPUT", message, hint);
}
