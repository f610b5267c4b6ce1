import { blob, http, inspectWal, memoryLock, openProgressDb, openSqlite, type Persistence, type ProgressDb, type WalReport } from "hive-progress-db/browser";
import compressedWasm from "compressed-wasm";
import type { PickedFiles, SidecarState, Source } from "../shared/protocol.ts";
import { hexOf } from "../shared/hex.ts";
import { plural } from "../shared/words.ts";
import { Database } from "./database.ts";

/** From picked files to an open database: what lies beside it is merged or rolled back in memory, over the files. */

const PATH = "/progress.db";
/** The table of 100,000 tasks: as long as it is in the cache, filters, sorts and rows take no reads. */
const TASKS_KB = 56_000;
/** Bytes copied at a time. */
const PART = 1 << 20;

export interface Opened {
  db: Database;
  /** Another connection, with a cache of its own, for what would push the tasks out of the other's. */
  aside: Database;
  /** The same database as a ledger; `undefined` when there is none in it. */
  ledger: ProgressDb | undefined;
  persistence: Persistence;
  /** Throws when the picked file has changed and nobody but the worker can tell: what it keeps in memory must not be shown any more. */
  assertSame(): void;
  path: string;
  size: number;
  sidecar: SidecarState;
}

/** `now` is the clock of the ledger's own questions, milliseconds since 1970. */
export async function openColony(source: Source, now: () => number): Promise<Opened> {
  const persistence = source.from === "url" ? http(source.db) : blob(byPath(source.files));
  const { size = 0 } = persistence.stat(PATH) ?? {};
  const wal = source.from === "url" ? undefined : source.files.wal;
  const sidecar = isHot(persistence) ? ROLLED_BACK : sidecarOf(inspectWal(persistence, PATH), wal);
  const options = { persistence, lock: memoryLock(), nativeClients: "none", wasm: await wasm() } as const;
  const db = new Database(await openSqlite(PATH, options));
  // Leaving WAL mode merges what is in the `-wal`; in the overlay, as all that is written.
  await db.grid("PRAGMA journal_mode = DELETE");
  await db.grid("PRAGMA query_only = ON");
  await db.grid(`PRAGMA cache_size = -${TASKS_KB}`);
  const aside = new Database(await openSqlite(PATH, options));
  await aside.grid("PRAGMA query_only = ON");
  await aside.grid("PRAGMA cache_size = -2000"); // What is below keeps what it read.
  const hasLedger = await db.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tasks'") !== undefined && await hasLedgerColumns(db);
  const ledger = hasLedger ? await openProgressDb(PATH, { ...options, clock: { now } }) : undefined;
  return { db, aside, ledger, persistence, assertSame: () => source.from === "files" && !source.isWatched && touch(source.files), path: PATH, size, sidecar };
}

/** Read anew: every store keeps what it has read. */
function touch(files: PickedFiles): void {
  blob(byPath(files)).open(PATH, { create: false }).read(new Uint8Array(1), 0);
}

function byPath({ db, wal, journal }: PickedFiles): Record<string, Blob> {
  return { [PATH]: db, ...(wal === undefined ? {} : { [`${PATH}-wal`]: wal }), ...(journal === undefined ? {} : { [`${PATH}-journal`]: journal }) };
}

/** The database as it reads now, in rollback mode, with what was merged or rolled back. */
export function wholeFile({ persistence, path }: Opened): Blob {
  const file = persistence.open(path, { create: false });
  const size = file.size();
  const parts: Blob[] = [];
  for (let at = 0; at < size; at += PART) {
    const part = new Uint8Array(Math.min(PART, size - at));
    file.read(part, at);
    parts.push(new Blob([part])); // The browser may put it on disk.
  }
  file.close();
  return new Blob(parts, { type: "application/vnd.sqlite3" });
}

async function hasLedgerColumns(db: Database): Promise<boolean> {
  const needed = { tasks: ["id", "status", "goal", "claimed_at", "updated_at", "retry_count"], steps: ["task_id", "seq", "status"], sop_checklist: ["task_id", "key", "done_at"] };
  for (const [table, columns] of Object.entries(needed)) {
    const there = new Set((await db.all<{ name: string }>("SELECT name FROM pragma_table_info(?)", [table])).map(({ name }) => name));
    if (!columns.every((column) => there.has(column))) return false;
  }
  return true;
}

const ROLLED_BACK: SidecarState = {
  kind: "journal-rolled-back",
  text: "A transaction had not ended: its -journal was used to roll it back, in memory. The files are as they were.",
};

/** How a journal that may have to be rolled back begins; SQLite zeroes or empties one that need not. */
const JOURNAL_MAGIC = "d9d505f920a163d7";

function isHot(persistence: Persistence): boolean {
  const path = `${PATH}-journal`;
  if ((persistence.stat(path)?.size ?? 0) === 0) return false;
  const file = persistence.open(path, { create: false });
  const start = new Uint8Array(8);
  file.read(start, 0);
  file.close();
  return hexOf(start) === JOURNAL_MAGIC;
}

function sidecarOf(report: WalReport, wal: Blob | undefined): SidecarState {
  switch (report.state) {
    case "rollback":
      return { kind: "rollback", text: "The database has no write-ahead log: all that is committed is in it." };
    case "missing":
      return {
        kind: "wal-missing",
        text: "The database is in WAL mode, and its -wal was not picked. If there was one, the newest commits are in it, and may be missing here: pick both together.",
      };
    case "merged":
      return {
        kind: "wal-merged",
        text: `Merged from the -wal: ${plural(report.frames, "frame")}, ${plural(report.commits, "commit")}${written(wal)}.${report.uncommitted > 0 ? ` ${plural(report.uncommitted, "frame")} of a transaction that had not ended are left out.` : ""}`,
      };
    case "torn":
      return {
        kind: "wal-damaged",
        text: `The -wal is stale or torn: it stops counting at frame ${report.stop.frame} (${report.stop.reason}). ${plural(report.frames, "frame")} with ${plural(report.commits, "commit")} are merged; what came after is not here. Copy both files again.`,
      };
  }
}

function written(wal: Blob | undefined): string {
  return wal instanceof File ? `, last written ${new Date(wal.lastModified).toISOString().slice(0, 19).replace("T", " ")} UTC` : "";
}

let compiled: Promise<WebAssembly.Module> | undefined;

function wasm(): Promise<WebAssembly.Module> {
  return (compiled ??= decompressed().then((bytes) => WebAssembly.compile(bytes)));
}

async function decompressed(): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(compressedWasm), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

void wasm(); // Compiled while the person still looks for the file.
