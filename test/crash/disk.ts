import type { Random } from "../random.ts";
import type { Call, FileName } from "./recording.ts";

/**
 * A disk that loses its power. It keeps what was synced, and of the rest whatever
 * the outcome says: each file's data waits for a sync of that file, each folder
 * entry (a file made or deleted) for a sync of the folder. What waits may arrive
 * in any order, in part, or not at all.
 */

export type { FileName } from "./recording.ts";
export type Files = ReadonlyMap<FileName, Uint8Array>;

/** What becomes of the changes that were not synced. */
export interface Outcome {
  /** How much of a write arrives or is lost in one piece, bytes; `Infinity`: all of it. */
  readonly piece: number;
  /** Whether the next piece of data arrives. */
  data(): boolean;
  /** Whether the next file size, file made or file deleted arrives. */
  metadata(): boolean;
  /** Fills what a file grew by without its data. */
  garbage(into: Uint8Array): void;
}

const SECTOR = 512;

/** All changes of a kind arrive or none do. */
export function plain(data: boolean, metadata: boolean): Outcome {
  return { piece: Infinity, data: () => data, metadata: () => metadata, garbage: (into) => void into.fill(0) };
}

/** Also what the crash of a process leaves. */
export const ALL: Outcome = plain(true, true);

/** Whole writes arrive or are lost, as the seed says: so later ones may arrive without earlier ones. */
export function reordered(random: Random): Outcome {
  const flip = (): boolean => random.chance();
  return { piece: Infinity, data: flip, metadata: flip, garbage: (into) => into.set(random.bytes(into.length)) };
}

/** Single sectors of writes arrive or are lost. */
export function torn(random: Random): Outcome {
  const flip = (): boolean => random.chance();
  return { piece: SECTOR, data: flip, metadata: flip, garbage: (into) => into.set(random.bytes(into.length)) };
}

type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly size: number };

interface Inode {
  durable: Uint8Array;
  waiting: Change[];
}

export class Disk {
  /** Which file each name means now, and which it would after a power cut. */
  readonly #names = new Map<FileName, Inode>();
  readonly #durableNames: Map<FileName, Inode>;
  #waitingNames: { readonly file: FileName; readonly inode: Inode | undefined }[] = [];
  readonly #isJournaling: boolean;

  /**
   * `isJournaling`: as on ext4, XFS, Btrfs, APFS and NTFS, what is written to a file after
   * it was cut arrives only if the cut does, and a file that grew without its data has zeros
   * there. Otherwise old and new content may mix, and what lay on the disk before may show.
   */
  constructor(files: Files, isJournaling: boolean) {
    this.#isJournaling = isJournaling;
    for (const [file, durable] of files) this.#names.set(file, { durable, waiting: [] });
    this.#durableNames = new Map(this.#names);
  }

  apply(call: Call): void {
    if (call.call === "syncDirectory") {
      for (const { file, inode } of this.#waitingNames) set(this.#durableNames, file, inode);
      this.#waitingNames = [];
      return;
    }
    if (call.call === "create" || call.call === "delete") {
      const inode = call.call === "create" ? { durable: new Uint8Array(0), waiting: [] } : undefined;
      set(this.#names, call.file, inode);
      this.#waitingNames.push({ file: call.file, inode });
      return;
    }
    const inode = this.#names.get(call.file);
    if (inode === undefined) throw new Error(`${call.call} of ${call.file}, which is not there`);
    if (call.call === "sync") {
      inode.durable = contentOf(inode, ALL, false);
      inode.waiting = [];
    } else {
      inode.waiting.push(call.call === "write" ? call : { size: call.size });
    }
  }

  /** True when a crash now could have more than one outcome. */
  get isWaiting(): boolean {
    return this.#waitingNames.length > 0 || [...this.#names.values()].some((inode) => inode.waiting.length > 0);
  }

  /** The files as they are after a crash now. */
  crash(outcome: Outcome): Files {
    const names = new Map(this.#durableNames);
    for (const { file, inode } of this.#waitingNames) if (outcome.metadata()) set(names, file, inode);
    return new Map([...names].map(([file, inode]) => [file, contentOf(inode, outcome, this.#isJournaling)]));
  }
}

function set(names: Map<FileName, Inode>, file: FileName, inode: Inode | undefined): void {
  if (inode === undefined) names.delete(file);
  else names.set(file, inode);
}

/** Changes of one file's same bytes are never seen in another order: they meet in memory first. */
function contentOf({ durable, waiting }: Inode, outcome: Outcome, isJournaling: boolean): Uint8Array {
  if (waiting.length === 0) return durable;
  const most = waiting.reduce((size, change) => Math.max(size, "size" in change ? change.size : change.at + change.bytes.length), durable.length);
  const bytes = new Uint8Array(most);
  bytes.set(durable);
  let size = durable.length;
  const resize = (to: number): void => {
    if (to < size) bytes.fill(0, to, size);
    size = to;
  };
  for (const change of waiting) {
    if ("size" in change) {
      if (outcome.metadata()) resize(change.size);
      else if (isJournaling) break;
      continue;
    }
    const end = change.at + change.bytes.length;
    if (end > size && outcome.metadata()) {
      if (!isJournaling) outcome.garbage(bytes.subarray(Math.max(size, change.at), end));
      resize(end);
    }
    for (let at = change.at; at < end; ) {
      const next = Math.min(end, Math.floor(at / outcome.piece + 1) * outcome.piece);
      if (outcome.data()) {
        bytes.set(change.bytes.subarray(at - change.at, next - change.at), at);
        if (next > size) resize(next);
      }
      at = next;
    }
  }
  return bytes.slice(0, size);
}
