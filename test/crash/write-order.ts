import { type JournalContent, parseJournal } from "./journal.ts";
import type { Call } from "./recording.ts";

const PAGE_BYTES = 4096;

/** What is known of the journal at some moment. */
class Journal {
  size = 0;
  entrySynced = false;
  synced = true;
  /** As of the last sync. */
  onDisk: JournalContent | undefined;
  #bytes = new Uint8Array(1 << 20);

  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  put(bytes: Uint8Array, at: number): void {
    if (at + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (at + bytes.length));
      grown.set(this.content);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, at);
    this.size = Math.max(this.size, at + bytes.length);
  }
}

/**
 * What a power cut at some moment could spoil, as sentences; none for a sound
 * order of calls. Before a page of the database changes, its former content must
 * be on disk, in the journal, or its new content in a `-wal`; before a journal or
 * a `-wal` ends, the pages must be.
 */
export function faultsOf(calls: readonly Call[], { hasWal = false }: { hasWal?: boolean } = {}): string[] {
  const found: string[] = [];
  const journal = new Journal();
  const wal = { isThere: hasWal, synced: true, entrySynced: true };
  let databaseSynced = true;
  for (const [index, call] of calls.entries()) {
    const place = `call ${index}, ${describe(call)}`;
    if (call.call === "syncDirectory") {
      journal.entrySynced = wal.entrySynced = true;
    } else if (call.file === "-journal") {
      if (call.call === "create") journal.entrySynced = false;
      if (call.call === "write") journal.put(call.bytes, call.at);
      if (call.call === "truncate" || call.call === "delete") {
        if (!databaseSynced) found.push(`${place}: the database was not synced`);
        journal.size = call.call === "truncate" ? call.size : 0;
        journal.onDisk = undefined; // It may be gone from the disk at any time now.
      }
      journal.synced = call.call === "sync";
      if (call.call === "sync" && journal.size > 0) journal.onDisk = parseJournal(journal.content);
    } else if (call.file === "-wal") {
      if (call.call === "create") Object.assign(wal, { isThere: true, entrySynced: false });
      if (call.call === "write" || call.call === "sync") wal.synced = call.call === "sync";
      if ((call.call === "delete" || call.call === "truncate") && !databaseSynced) found.push(`${place}: the database was not synced`);
      if (call.call === "delete") wal.isThere = false;
    } else if (call.file === "") {
      if (call.call === "sync") databaseSynced = true;
      if (call.call !== "write" && call.call !== "truncate") continue;
      databaseSynced = false;
      if (wal.isThere) {
        if (!wal.synced) found.push(`${place}: the -wal was not synced`);
        if (!wal.entrySynced) found.push(`${place}: the -wal's folder entry was not synced`);
        continue;
      }
      const first = call.call === "write" ? call.at / PAGE_BYTES + 1 : call.size / PAGE_BYTES + 1;
      const last = call.call === "write" ? first : (journal.onDisk?.pageCount ?? 0);
      if (!journal.entrySynced) found.push(`${place}: the journal's folder entry was not synced`);
      if (journal.onDisk === undefined) found.push(`${place}: no journal was synced`);
      for (let page = first; journal.onDisk !== undefined && page <= Math.min(last, journal.onDisk.pageCount); page++) {
        if (!journal.onDisk.pages.has(page)) found.push(`${place}: page ${page} was not in the journal that was synced`);
      }
    }
  }
  if (!databaseSynced) found.push("at the end: the database was not synced");
  if (!journal.synced) found.push("at the end: the end of the journal was not synced");
  return found;
}

function describe(call: Call): string {
  return "file" in call ? `${call.call} of ${call.file || "the database"}` : call.call;
}
