import type { SopItemRow, StepRow, Task } from "../../types.ts";
import { STATUS, type Style } from "./style.ts";
import { lines, oneLine } from "./text.ts";
import { moment } from "./time.ts";

/** A task's steps and gates as lines: what is done, what is to do. */

export function stepLines(steps: readonly StepRow[], style: Style): string[] {
  const widest = Math.max(0, ...steps.map(({ seq }) => String(seq).length));
  return steps.flatMap((step) => {
    const { mark, tone } = STATUS[step.status] ?? { mark: "?", tone: "warn" as const };
    const word = step.status === "done" ? style("dim", " (done: skip)") : step.status === "skipped" ? style("dim", " (skipped)")
      : step.status === "pending" ? "" : style(tone, ` (${step.status.replace("_", " ")})`);
    const indent = " ".repeat(widest + 6);
    return [
      `  ${style(tone, mark)} ${String(step.seq).padStart(widest)}  ${oneLine(step.title)}${word}`,
      ...(step.detail === null || step.detail === "" ? [] : lines(step.detail).map((line) => style("dim", indent + line))),
      ...(step.evidence === null || step.evidence === "" ? [] : lines(step.evidence).map((line, at) => style("dim", `${indent}${at === 0 ? "→ " : "  "}${line}`))),
    ];
  });
}

export function gateLines(items: readonly SopItemRow[], style: Style): string[] {
  const widest = Math.max(0, ...items.map(({ key }) => oneLine(key).length));
  return items.flatMap((item) => {
    const isBlocking = item.required !== 0 && item.done_at === null;
    const mark = item.done_at !== null ? style("good", "✓") : isBlocking ? style("warn", "□") : style("dim", "□");
    const word = item.done_at !== null ? style("dim", ` (${[oneLine(item.done_by ?? ""), moment(item.done_at)].filter((each) => each !== "").join(", ")})`)
      : isBlocking ? style("warn", " (required: blocks done)") : style("dim", " (optional)");
    const indent = " ".repeat(widest + 6);
    return [
      `  ${mark} ${oneLine(item.key).padEnd(widest)}  ${oneLine(item.description)}${word}`,
      ...(item.note === null || item.note === "" ? [] : lines(item.note).map((line, at) => style("dim", `${indent}${at === 0 ? "→ " : "  "}${line}`))),
    ];
  });
}

/** Both, with their titles; nothing for a task that has neither. */
export function planLines(task: Pick<Task, "steps" | "sop_items">, style: Style): string[] {
  return [
    ...(task.steps.length === 0 ? [] : ["", style("strong", "Steps"), ...stepLines(task.steps, style)]),
    ...(task.sop_items.length === 0 ? [] : ["", style("strong", "Gates"), ...gateLines(task.sop_items, style)]),
  ];
}
