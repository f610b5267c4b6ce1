import type { Context } from "../context.ts";
import { ProgressBar } from "../output/progress-bar.ts";
import { parseSeed } from "../seed-file.ts";
import { readStdin, readText } from "../stdin.ts";

export async function run(context: Context): Promise<void> {
  const file = context.arg("file")!;
  const text = file === "-" ? await readStdin() : await readText(file);
  const tasks = await parseSeed(text, file === "-" ? "stdin" : file);
  const db = await context.open();
  const progress = new ProgressBar(context.terminal, "seeding", !context.is("quiet"));
  const ifExists = context.text("if-exists") as "error" | "skip" | undefined;
  let ids: string[];
  try {
    ids = await db.seedTasks(tasks, {
      source: context.text("source"), ifExists,
      onProgress: (inserted) => progress.update(inserted, tasks.length),
    });
  } finally {
    progress.end();
  }
  await context.print({ name: "tasks", rows: ids.map((id) => ({ id })), human: () => ids });
  context.remark(`${context.is("dry-run") ? "would seed" : "seeded"} ${ids.length} task${ids.length === 1 ? "" : "s"}`);
}
