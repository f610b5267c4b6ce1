import type { Context } from "../context.ts";
import { columns, type Cell } from "../output/columns.ts";
import { ago, span } from "../output/time.ts";

export async function run(context: Context): Promise<void> {
  const db = await context.open();
  const workers = await db.getWorkers();
  await context.print({
    name: "workers", rows: workers.map((worker) => ({ ...worker })),
    fields: ["workerId", "inHand", "done", "failed", "lastSeen", "isStale", "medianSeconds"],
    human: () => (workers.length === 0 ? [] : columns([
      { title: "WORKER", shrinkTo: 10 },
      { title: "IN HAND", align: "right" },
      { title: "DONE", align: "right" },
      { title: "FAILED", align: "right" },
      { title: "SEEN", align: "right" },
      { title: "MEDIAN", align: "right", expendable: 2 },
      { title: "NOW", shrinkTo: 10, expendable: 1 },
    ], workers.map((worker): Cell[] => [
      { text: worker.workerId, tone: worker.isStale ? "warn" : "plain" },
      { text: worker.inHand === 0 ? "" : String(worker.inHand), tone: "busy" },
      { text: String(worker.done), tone: worker.done > 0 ? "good" : "dim" },
      { text: String(worker.failed), tone: worker.failed > 0 ? "bad" : "dim" },
      { text: ago(worker.lastSeen) },
      { text: worker.medianSeconds === null ? "" : span(worker.medianSeconds), tone: "dim" },
      { text: worker.isStale ? `stale: ${worker.tasks[0]?.goal ?? ""}` : (worker.tasks[0]?.goal ?? ""), tone: worker.isStale ? "warn" : "plain" },
    ]), context.style, context.terminal.columns)),
  });
  if (workers.length === 0) context.remark("no task names a worker yet");
}
