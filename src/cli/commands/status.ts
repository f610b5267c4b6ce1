import { monotonicMs, sleep, systemClock } from "../../clock.ts";
import type { ProgressDb } from "../../progress-db.ts";
import type { Context } from "../context.ts";
import { safeJson } from "../output/text.ts";
import { JSON_SCHEMA } from "../output/format.ts";
import { statusLine, statusScreen, type StatusView } from "../output/status-screen.ts";
import { Screen } from "../output/screen.ts";
import { moment } from "../output/time.ts";
import { asFailure } from "../usage.ts";

/** Looking may take this share of the time: whoever works must not wait for those who watch. */
const MOST_OF_THE_TIME = 0.1;
/** Rates and ages move though nobody writes. */
const LOOK_AGAIN_MS = 10_000;

export async function run(context: Context): Promise<void> {
  const interval = context.number("watch");
  const db = await context.open();
  if (interval === undefined) await print(context, await look(db));
  else await watch(context, db, Math.max(100, interval));
}

/** All of one state: what is asked together is answered in one transaction. */
async function look(db: ProgressDb): Promise<StatusView> {
  const [progress, eta, workers, failures] = await Promise.all([db.getProgress(), db.getEta(), db.getWorkers(), db.getFailures({ sample: 3 })]);
  return { path: db.path, progress, eta, workers, failures };
}

function print(context: Context, view: StatusView): Promise<void> {
  return context.print({
    name: "status", single: true, rows: [asRow(view)], fields: ["total", "done", "failed", "pending", "claimed", "in_progress", "stale", "secondsLeft"],
    human: () => statusScreen(view, context.style, context.terminal.columns === Infinity ? 80 : context.terminal.columns),
  });
}

function asRow({ path, progress, eta, workers, failures }: StatusView): Record<string, unknown> {
  return { path, total: progress.total, ...progress.byStatus, stale: progress.stale, secondsLeft: eta.secondsLeft, progress, eta, workers, failures };
}

/** Draws anew when the database has changed, and now and then since time passes; ends with the signal. */
async function watch(context: Context, db: ProgressDb, interval: number): Promise<void> {
  const screen = context.format === "human" && context.terminal.isScreen ? new Screen(context.terminal) : undefined;
  const changes = db.changes();
  let view: StatusView | undefined;
  let [lookedAt, cost, trouble, said] = [-Infinity, 0, "", ""];
  screen?.open();
  try {
    while (!context.signal.aborted) {
      const now = monotonicMs();
      const isDue = now - lookedAt >= LOOK_AGAIN_MS || (now - lookedAt >= cost / MOST_OF_THE_TIME && changes.hasChanged());
      if (view === undefined || isDue) {
        try {
          view = await look(db);
          trouble = "";
        } catch (error) {
          if (view === undefined) throw error; // A screen that has something to show goes on showing it.
          trouble = asFailure(error).message;
        }
        lookedAt = monotonicMs();
        cost = lookedAt - now;
      }
      if (screen !== undefined) {
        screen.draw([...statusScreen(view, context.style, context.terminal.columns), ...(trouble === "" ? [] : ["", context.style("warn", trouble)])]);
      } else {
        const line = context.format === "human" ? statusLine(view) : safeJson({ schema: JSON_SCHEMA, status: asRow(view) });
        if (line !== said) await context.terminal.write(`${context.format === "human" ? `${moment(new Date(systemClock.now()).toISOString())}  ` : ""}${line}\n`);
        said = line;
      }
      await Promise.race([sleep(interval, context.signal), ...(screen === undefined ? [] : [screen.resized()])]);
    }
  } finally {
    screen?.close();
    changes.close();
  }
  context.signal.throwIfAborted();
}
