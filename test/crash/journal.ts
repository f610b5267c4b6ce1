/** A rollback journal's content, by sqlite.org/fileformat2.html#the_rollback_journal. */
export interface JournalContent {
  /** Pages whose former content could be put back. */
  readonly pages: ReadonlySet<number>;
  /** Pages that the database had when the transaction began. */
  readonly pageCount: number;
}

const MAGIC = "d9d505f920a163d7";

export function parseJournal(journal: Uint8Array): JournalContent {
  const view = Buffer.from(journal.buffer, journal.byteOffset, journal.length);
  const pages = new Set<number>();
  let pageCount = 0;
  // A header for every part that was synced; each begins at a sector.
  for (let at = 0; at + 28 <= view.length && view.toString("hex", at, at + 8) === MAGIC; ) {
    const [count, sector, pageSize] = [8, 20, 24].map((offset) => view.readUInt32BE(at + offset)) as [number, number, number];
    if (at === 0) pageCount = view.readUInt32BE(16);
    let record = at + sector;
    for (let index = 0; index < count && record + pageSize + 8 <= view.length; index++, record += pageSize + 8) {
      pages.add(view.readUInt32BE(record));
    }
    at = Math.ceil(record / sector) * sector;
    if (count === 0) break;
  }
  return { pages, pageCount };
}
