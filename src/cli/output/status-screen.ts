import type { Eta } from "../../ledger/eta.ts";
import type { FailureGroup } from "../../ledger/failures.ts";
import type { WorkerSummary } from "../../ledger/workers.ts";
import type { Progress, TaskStatus } from "../../types.ts";
import { bar, EMPTY } from "./progress-bar.ts";
import { STATUS, type Style } from "./style.ts";
import { fit, oneLine, width } from "./text.ts";
import { ago, clockTime, span } from "./time.ts";

/** The screen of `colony status`: how far, how fast, what is wrong, what to do. */

export interface StatusView {
  readonly path: string;
  readonly progress: Progress;
  readonly eta: Eta;
  readonly workers: readonly WorkerSummary[];
  readonly failures: readonly FailureGroup[];
}

const SHOWN: readonly TaskStatus[] = ["done", "in_progress", "claimed", "pending", "failed"];
const WIDEST = 100;
const FAILURES_SHOWN = 3;
const WORKERS_SHOWN = 8;
const LABEL = 10;

export function statusScreen(view: StatusView, style: Style, terminalColumns: number): string[] {
  const columns = Math.min(terminalColumns, WIDEST);
  return [
    [style("dim", endOf(oneLine(view.path), columns))],
    progressLines(view, style, columns),
    workerLines(view, style, columns),
    failureLines(view, style, columns),
    nextLines(view, style, columns),
  ].filter((section) => section.length > 0).flatMap((section, at) => (at === 0 ? section : ["", ...section]));
}

/** One line for where no screen is. */
export function statusLine({ progress, eta }: StatusView): string {
  const { total, byStatus, stale } = progress;
  const inHand = byStatus.claimed + byStatus.in_progress;
  return [
    `${byStatus.done}/${total} done`, `${byStatus.failed} failed`, `${inHand} in hand`, `${byStatus.pending} pending`,
    ...(stale === 0 ? [] : [`${stale} stale`]), rateText(eta), `left: ${leftText(eta)}`,
  ].join(", ");
}

function progressLines({ progress, eta }: StatusView, style: Style, columns: number): string[] {
  const { total, byStatus, steps, openGates } = progress;
  if (total === 0) return ["no tasks yet"];
  const ended = byStatus.done + byStatus.failed;
  const percent = `${ended === total ? 100 : Math.floor((ended / total) * 100)}%`;
  const cells = Array.from(bar(ended / total, columns - percent.length - 2));
  const filled = cells.filter((each) => each !== EMPTY).length;
  const done = filled - Math.min(filled, Math.ceil((byStatus.failed / total) * cells.length));
  const counts = SHOWN.filter((status) => byStatus[status] > 0).map((status) => {
    const { mark, tone } = STATUS[status]!;
    return [`${mark} ${byStatus[status].toLocaleString("en")} ${status.replace("_", " ")}`, tone] as const;
  });
  const unknown = total - Object.values(byStatus).reduce((sum, each) => sum + each, 0);
  if (unknown > 0) counts.push([`? ${unknown} of unknown status`, "warn"]);
  const line = (label: string, text: string): string => `${style("dim", label.padEnd(LABEL))}${fit(text, columns - LABEL)}`;
  return [
    `${style("good", cells.slice(0, done).join(""))}${style("bad", cells.slice(done, filled).join(""))}${style("dim", cells.slice(filled).join(""))}  ${style("strong", percent)}`,
    ...flow(counts.map(([text, tone]) => ({ text, tone })), style, columns),
    "",
    line("rate", rateText(eta)),
    line("left", leftText(eta)),
    ...(steps.total === 0 ? [] : [line("steps", `${steps.done.toLocaleString("en")} of ${steps.total.toLocaleString("en")} done`)]),
    ...(openGates === 0 ? [] : [line("gates", `${openGates.toLocaleString("en")} required and open`)]),
    ...(progress.updatedAt === null ? [] : [line("changed", `${ago(progress.updatedAt, span)} ago`)]),
  ];
}

function rateText({ finished, perMinute, windowMinutes }: Eta): string {
  const window = span(windowMinutes * 60);
  if (finished === 0) return `none finished in the last ${window}`;
  const [count, unit] = perMinute >= 1 ? [perMinute, "min"] : perMinute * 60 >= 1 ? [perMinute * 60, "h"] : [perMinute * 1440, "day"];
  return `${count < 10 ? count.toFixed(1) : Math.round(count).toLocaleString("en")} a ${unit} over the last ${window}`;
}

function leftText({ remaining, secondsLeft, emptyAt }: Eta): string {
  if (remaining === 0) return "nothing";
  const tasks = `${remaining.toLocaleString("en")} task${remaining === 1 ? "" : "s"}`;
  return secondsLeft === null || emptyAt === null ? tasks : `${tasks}, about ${span(secondsLeft)}: ${clockTime(emptyAt)}`;
}

function workerLines({ workers }: StatusView, style: Style, columns: number): string[] {
  const busy = workers.filter((worker) => worker.inHand > 0).sort((a, b) => Number(b.isStale) - Number(a.isStale));
  if (busy.length === 0) return [];
  const name = Math.min(16, Math.max(...busy.slice(0, WORKERS_SHOWN).map(({ workerId }) => width(oneLine(workerId)))));
  return [
    style("strong", "Workers"),
    ...busy.slice(0, WORKERS_SHOWN).map((worker) => {
      const [task] = worker.tasks;
      const who = fit(oneLine(worker.workerId), name);
      const beat = ago(task?.claimed_at ?? null) || "?";
      const head = `  ${worker.isStale ? "!" : "▸"} ${who}${" ".repeat(name - width(who))}  ${beat.padStart(4)}  `;
      const goal = fit(oneLine(`${worker.inHand > 1 ? `${worker.inHand} tasks, the oldest: ` : ""}${task?.goal ?? ""}`), columns - width(head));
      return style(worker.isStale ? "warn" : "plain", head + goal);
    }),
    ...(busy.length > WORKERS_SHOWN ? [style("dim", `    and ${busy.length - WORKERS_SHOWN} more: colony workers`)] : []),
  ];
}

function failureLines({ failures }: StatusView, style: Style, columns: number): string[] {
  if (failures.length === 0) return [];
  return [
    style("strong", "Failures"),
    ...failures.slice(0, FAILURES_SHOWN).map((group) => {
      const head = `  ✗ ${String(group.count).padStart(4)} × `;
      return style("bad", head) + fit(oneLine(group.signature), columns - width(head));
    }),
    ...(failures.length > FAILURES_SHOWN ? [style("dim", `    and ${failures.length - FAILURES_SHOWN} more kinds: colony failures`)] : []),
  ];
}

/** The one thing to do now, with the command that does it. */
function nextLines({ progress, failures }: StatusView, style: Style, columns: number): string[] {
  const { total, byStatus, stale } = progress;
  const inHand = byStatus.claimed + byStatus.in_progress;
  const retryable = failures.reduce((sum, each) => sum + each.retryable, 0);
  const [why, command] = total === 0 ? ["to begin", "colony seed tasks.json"]
    : stale > 0 ? [`${stale} stale claim${stale === 1 ? "" : "s"}`, "colony reclaim"]
    : byStatus.pending > 0 && inHand === 0 ? ["nobody works", "colony claim --worker w-1"]
    : byStatus.failed > 0 && byStatus.pending === 0 ? (retryable > 0 ? [`${retryable} can be tried again`, "colony retry --failed"] : [`${byStatus.failed} failed`, "colony failures"])
    : ["", ""];
  if (command === "") return [];
  const tone = stale > 0 ? "warn" : "plain";
  return [`${style(tone, fit(`→ ${why}:`, columns))} ${style("strong", command)}`];
}

/** Pieces side by side, on as many lines as they need. */
function flow(pieces: readonly { text: string; tone: Parameters<Style>[0] }[], style: Style, columns: number): string[] {
  const lines: string[] = [];
  let used = 0;
  for (const { text, tone } of pieces) {
    const needed = width(text) + (used === 0 ? 0 : 3);
    if (used > 0 && used + needed <= columns) {
      lines[lines.length - 1] += `   ${style(tone, text)}`;
      used += needed;
    } else {
      lines.push(style(tone, text));
      used = width(text);
    }
  }
  return lines;
}

/** The end of a path tells more than its beginning. */
function endOf(path: string, columns: number): string {
  return path.length <= columns ? path : `…${path.slice(path.length - columns + 1)}`;
}
