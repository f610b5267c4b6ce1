import type { ExportFormat } from "../shared/protocol.ts";
import { announce } from "./announce.ts";
import { client, info } from "./session.ts";
import { csvBom } from "./settings.ts";
import type { WorkerFailure } from "./client.ts";

/** Files that leave the page, into the downloads folder. */

export const FORMATS: readonly { format: ExportFormat; title: string }[] = [
  { format: "csv", title: "CSV" },
  { format: "json", title: "JSON" },
  { format: "ndjson", title: "NDJSON" },
  { format: "md", title: "Markdown" },
];

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  announce(`${name} is saved`);
}

export async function exportRows(what: Parameters<typeof client.call<"exportRows">>[1], format: ExportFormat, name: string): Promise<void> {
  try {
    download(await client.call("exportRows", what, format, csvBom.value), `${fileName(name)}.${format}`);
  } catch (error) {
    announce(`Could not export: ${(error as WorkerFailure).message}`);
  }
}

export async function saveDatabase(): Promise<void> {
  download(await client.call("saveDatabase"), `${fileName("merged")}.db`);
}

function fileName(what: string): string {
  return `${info.value?.name ?? "colony"}-${what}`.replaceAll(/[^\w.-]+/g, "-");
}
