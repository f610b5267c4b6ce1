import type { Context } from "../context.ts";
import { fit, oneLine } from "../output/text.ts";
import { ago } from "../output/time.ts";

export async function run(context: Context): Promise<void> {
  const db = await context.open();
  const groups = await db.getFailures({ limit: context.number("limit"), sample: context.number("ids") });
  const { style, terminal } = context;
  await context.print({
    name: "failures", rows: groups.map((group) => ({ ...group })), fields: ["count", "retryable", "exhausted", "signature"],
    human: () => groups.flatMap((group, at) => {
      const first = ago(group.firstSeen);
      const last = ago(group.lastSeen);
      const facts = [
        ...(last === "" ? [] : [first === last ? `${last} ago` : `${first} to ${last} ago`]),
        `${group.retryable} with retries left, ${group.exhausted} without`,
        ...(group.workers.length === 0 ? [] : [`by ${group.workers.slice(0, 4).map(oneLine).join(", ")}${group.workers.length > 4 ? ` and ${group.workers.length - 4} more` : ""}`]),
      ].join(" · ");
      const ids = group.ids.map((id) => oneLine(id).slice(0, 8)).join(" ");
      return [
        ...(at === 0 ? [] : [""]),
        `${style("bad", `${String(group.count).padStart(4)} ×`)} ${style("strong", fit(oneLine(group.signature), terminal.columns - 7))}`,
        style("dim", fit(`       ${facts}`, terminal.columns)),
        style("dim", fit(`       ${ids}${group.count > group.ids.length ? " …" : ""}`, terminal.columns)),
      ];
    }),
  });
  if (groups.length === 0) context.remark("no failures");
  else context.remark("try again: colony retry --failed --error 'SIGNATURE'");
}
