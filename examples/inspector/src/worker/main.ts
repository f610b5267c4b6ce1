import type { Failure, Method, Reply, Request } from "../shared/protocol.ts";
import { api } from "./api.ts";
import { nextTask } from "./next-task.ts";

/*
 * Answers the page's requests, one after another, in the order they came; one that is
 * cancelled while it waits is forgotten. SQLite works synchronously, so between two
 * requests the worker looks whether more have come.
 */

const port = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(reply: Reply): void;
};

/** These wait for the walk over the file, and must not keep others waiting. */
const BY_THE_WALK: ReadonlySet<Method> = new Set([
  "remember", "changes", "counts", "attention", "doneWithOpenGate", "facts", "eta", "throughput", "statusHistory", "steps", "lanes",
]);

const waiting: Extract<Request, { method: Method }>[] = [];
let isWorking = false;

port.onmessage = ({ data }) => {
  if ("cancel" in data) {
    const index = waiting.findIndex(({ id }) => id === data.cancel);
    if (index >= 0) waiting.splice(index, 1);
    return;
  }
  waiting.push(data);
  if (!isWorking) void work();
};

async function work(): Promise<void> {
  isWorking = true;
  for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
    const answered = answer(request.id, request.method, request.args).then((reply) => port.postMessage(reply));
    if (!BY_THE_WALK.has(request.method)) await answered;
    await nextTask();
  }
  isWorking = false;
}

async function answer(id: number, method: Method, args: unknown[]): Promise<Reply> {
  try {
    const run = api[method] as (...args: unknown[]) => unknown;
    return { id, value: await run(...args) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  const { code = "IO", message = String(error), hint = "", details = {} } = error as Partial<Failure> & { details?: Record<string, unknown> };
  if (code === "ESTALE" || details["errno"] === "ESTALE") {
    return { code: "IO", message: "the file changed on disk since it was picked", hint: "pick it again, together with what lies beside it" };
  }
  const { sqliteMessage } = details;
  const text = code === "INVALID_INPUT" && typeof sqliteMessage === "string" ? sqliteMessage : message;
  return { code, message: text.replace(/^\/progress\.db: /, ""), hint }; // Nobody knows the database by that name.
}
