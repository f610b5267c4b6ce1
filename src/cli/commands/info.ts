import { statSync } from "node:fs";
import { nodeFile } from "../../persistence/node-file.ts";
import { inspectWal, type WalReport } from "../../sqlite/inspect-wal.ts";
import type { Context } from "../context.ts";
import { oneLine } from "../output/text.ts";
import { moment } from "../output/time.ts";

export async function run(context: Context): Promise<void> {
  const db = await context.open();
  const { path } = db;
  const wal = inspectWal(nodeFile(), path);
  const { size } = statSync(path);
  const facts = await db.read((sql) => ({
    schemaVersion: sql.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0,
    sqliteVersion: sql.get<{ v: string }>("SELECT sqlite_version() AS v")?.v ?? "",
    pageSize: sql.get<{ page_size: number }>("PRAGMA page_size")?.page_size ?? 0,
    counts: Object.fromEntries(["tasks", "steps", "sop_checklist"].map((table) => [table, sql.get<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)?.n ?? 0])),
    meta: sql.all<{ key: string; value: string; updated_at: string }>("SELECT key, value, updated_at FROM colony_meta ORDER BY key"),
  }));
  const { updatedAt } = await db.getProgress();
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const journal = wal.state === "rollback" ? "rollback" : "wal";
  await context.print({
    name: "info", single: true, fields: ["path", "size", "schemaVersion", "journal", "walBytes"],
    rows: [{ path, size, journal, walBytes, wal, ...facts, updatedAt }],
    human: () => {
      const fact = (label: string, text: string): string => `${context.style("dim", label.padEnd(10))}${oneLine(text)}`;
      return [
        fact("path", path),
        fact("size", `${megabytes(size)}, pages of ${facts.pageSize} bytes`),
        fact("schema", `version ${facts.schemaVersion}`),
        fact("journal", walWords(wal, walBytes)),
        fact("rows", Object.entries(facts.counts).map(([table, count]) => `${count.toLocaleString("en")} ${table}`).join(", ")),
        fact("changed", updatedAt === null ? "never" : moment(updatedAt)),
        ...facts.meta.map(({ key, value }) => fact("meta", `${key} = ${value}`)),
        fact("engine", `SQLite ${facts.sqliteVersion} (WebAssembly)`),
      ];
    },
  });
}

/** What stands in the `-wal`, in words. */
export function walWords(wal: WalReport, bytes: number): string {
  switch (wal.state) {
    case "rollback": return "rollback";
    case "missing": return "WAL mode, without a -wal";
    case "merged": return `WAL mode, ${megabytes(bytes)} in the -wal: ${wal.frames} pages of ${wal.commits} commits`;
    case "torn": return `WAL mode, the -wal is damaged at frame ${wal.stop.frame} (${wal.stop.reason}): ${wal.frames} pages of ${wal.commits} commits count`;
  }
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
