import type { Persistence, PersistentFile } from "../persistence/persistence.ts";
import { systemFailure } from "./sqlite-error.ts";

/**
 * What a `-wal` beside a database holds, by SQLite's own rules for reading one
 * (sqlite.org/fileformat2.html#the_write_ahead_log). Looks at the files as they
 * are: ask before the database is opened, which may merge the `-wal`.
 */
export type WalReport =
  /** No WAL: all that is committed is in the database. */
  | { readonly state: "rollback" }
  /**
   * In WAL mode without a `-wal`. Either its last user closed it in good order, or
   * the `-wal` was left behind in copying and the newest commits are missing: the
   * file does not tell which.
   */
  | { readonly state: "missing" }
  /** A sound `-wal`, which SQLite merges when the database is opened. */
  | ({ readonly state: "merged" } & WalContents)
  /** The `-wal` is damaged, was copied while being written, or belongs to another state of the database: it counts up to `frames` only. */
  | ({ readonly state: "torn"; readonly stop: WalStop } & WalContents);

export interface WalContents {
  /** Frames that count: up to the last commit. A frame is one page. */
  readonly frames: number;
  readonly commits: number;
  /** Sound frames behind the last commit: a transaction that had not ended. */
  readonly uncommitted: number;
}

export interface WalStop {
  /** The first frame that is not sound, counted from 1; 0 is the header. */
  readonly frame: number;
  /** `salt`: written after the header was read; `page size`: of another database. */
  readonly reason: "checksum" | "salt" | "cut off" | "page size" | "format";
}

const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** The lowest bit says which byte order the checksums use. */
const MAGIC = 0x377f0682;
const FORMAT = 3007000;
/** Where in a database's header the page size and the format versions are. */
const PAGE_SIZE_AT = 16;
const WRITE_VERSION_AT = 18;
const WAL_VERSION = 2;

/** Reads the whole `-wal`, a frame at a time. Throws NOT_FOUND when there is no database, and IO. */
export function inspectWal(persistence: Persistence, dbPath: string): WalReport {
  try {
    return inspect(persistence, persistence.resolve(dbPath));
  } catch (error) {
    throw systemFailure(error, dbPath);
  }
}

function inspect(persistence: Persistence, path: string): WalReport {
  const header = new Uint8Array(20);
  withFile(persistence, path, (file) => file.read(header, 0));
  const isWalMode = header[WRITE_VERSION_AT] === WAL_VERSION;
  const wal = persistence.stat(`${path}-wal`);
  if (wal === undefined) return { state: isWalMode ? "missing" : "rollback" };
  if (wal.size === 0) return isWalMode ? { state: "merged", ...NOTHING } : { state: "rollback" };
  const pageSize = pageSizeOf(new DataView(header.buffer).getUint16(PAGE_SIZE_AT));
  return withFile(persistence, `${path}-wal`, (file) => readWal(file, pageSize));
}

const NOTHING: WalContents = { frames: 0, commits: 0, uncommitted: 0 };

function readWal(file: PersistentFile, databasePageSize: number): WalReport {
  const header = new DataView(new ArrayBuffer(WAL_HEADER));
  const torn = (stop: WalStop, contents = NOTHING): WalReport => ({ state: "torn", stop, ...contents });
  if (file.read(bytesOf(header), 0) < WAL_HEADER) return torn({ frame: 0, reason: "cut off" });
  const magic = header.getUint32(0);
  const sum = new Checksum((magic & 1) === 0);
  sum.add(header, 0, 24);
  if ((magic & ~1) >>> 0 !== MAGIC || header.getUint32(4) !== FORMAT) return torn({ frame: 0, reason: "format" });
  if (!sum.equals(header, 24)) return torn({ frame: 0, reason: "checksum" });
  const pageSize = header.getUint32(8);
  if (databasePageSize !== 0 && pageSize !== databasePageSize) return torn({ frame: 0, reason: "page size" });

  const frame = new DataView(new ArrayBuffer(FRAME_HEADER + pageSize));
  const end = file.size();
  let [sound, frames, commits] = [0, 0, 0];
  let stop: WalStop | undefined;
  for (let at = WAL_HEADER; at < end; at += frame.byteLength) {
    const isWhole = file.read(bytesOf(frame), at) === frame.byteLength;
    const salts = isWhole ? compareSalts(frame, header) : "same";
    if (salts === "older") break; // Left over from before the log began anew: all of it is in the database.
    sum.add(frame, 0, 8);
    sum.add(frame, FRAME_HEADER, pageSize);
    const reason = !isWhole ? "cut off" : salts === "newer" ? "salt" : sum.equals(frame, 16) ? undefined : "checksum";
    if (reason !== undefined) {
      stop = { frame: sound + 1, reason };
      break;
    }
    sound++;
    if (frame.getUint32(4) === 0) continue; // Not the last frame of its transaction.
    frames = sound;
    commits++;
  }
  const contents = { frames, commits, uncommitted: sound - frames };
  return stop === undefined ? { state: "merged", ...contents } : torn(stop, contents);
}

/** The first salt is raised by one each time the log begins anew, the second is random. */
function compareSalts(frame: DataView, header: DataView): "same" | "older" | "newer" {
  const behind = (header.getUint32(16) - frame.getUint32(8)) | 0;
  if (behind !== 0) return behind > 0 ? "older" : "newer";
  return frame.getUint32(12) === header.getUint32(20) ? "same" : "newer";
}

/** SQLite's running checksum over pairs of 32-bit words. */
class Checksum {
  readonly #littleEndian: boolean;
  #a = 0;
  #b = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  add(data: DataView, offset: number, length: number): void {
    for (let at = offset; at < offset + length; at += 8) {
      this.#a = (this.#a + data.getUint32(at, this.#littleEndian) + this.#b) >>> 0;
      this.#b = (this.#b + data.getUint32(at + 4, this.#littleEndian) + this.#a) >>> 0;
    }
  }

  equals(data: DataView, offset: number): boolean {
    return data.getUint32(offset) === this.#a && data.getUint32(offset + 4) === this.#b;
  }
}

/** As stored: 1 stands for 65,536, and an empty file has none. */
function pageSizeOf(stored: number): number {
  return stored === 1 ? 65_536 : stored;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer);
}

function withFile<T>(persistence: Persistence, path: string, use: (file: PersistentFile) => T): T {
  const file = persistence.open(path, { create: false });
  try {
    return use(file);
  } finally {
    file.close();
  }
}
