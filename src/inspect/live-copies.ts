import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monotonicMs, sleep } from "../clock.ts";
import { copyStill, signatureOf } from "../colony/still-copy.ts";

/** Looking at a database that others write to: copies of it, each taken when it has changed. */

/** How often to look whether it has changed, milliseconds. */
const LOOK_MS = 250;
/** Copying, for which writers are held off, may take this share of the time. */
const MOST_OF_THE_TIME = 0.1;
/** Copies kept: a page in the middle of a question goes on with the one it began with. */
const KEPT = 2;

export interface Copy {
  /** Tells copies apart. */
  readonly version: string;
  readonly fd: number;
  readonly size: number;
}

export class LiveCopies {
  readonly #path: string;
  readonly #copies: Copy[] = [];
  #signature = "";
  #taken = 0;
  #cost = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The latest, or the one of that version while it is kept. */
  copy(version?: string): Copy | undefined {
    return version === undefined ? this.#copies[0] : this.#copies.find((each) => each.version === version);
  }

  /** Takes a copy unless nothing has changed since the last; true when it did. Throws what `copyStill` throws. */
  async refresh(signal: AbortSignal): Promise<boolean> {
    const signature = signatureOf(this.#path);
    if (signature === this.#signature) return false;
    const began = monotonicMs();
    const fd = await openCopy(this.#path, signal);
    this.#cost = monotonicMs() - began;
    this.#signature = signature; // As it was before: what was written meanwhile is looked at next time.
    this.#copies.unshift({ version: String(++this.#taken), fd, size: fstatSync(fd).size });
    for (const old of this.#copies.splice(KEPT)) closeSync(old.fd);
    return true;
  }

  /** Calls `onChange` after each new copy, and `onError` when none could be taken, until the signal aborts; takes none while `isWatched` says no. */
  async follow(signal: AbortSignal, isWatched: () => boolean, onChange: () => void, onError: (error: unknown) => void): Promise<void> {
    while (!signal.aborted) {
      await sleep(Math.max(LOOK_MS, this.#cost / MOST_OF_THE_TIME), signal);
      if (signal.aborted || !isWatched()) continue;
      try {
        if (await this.refresh(signal)) onChange();
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
    }
  }

  close(): void {
    for (const { fd } of this.#copies.splice(0)) closeSync(fd);
  }
}

/** A copy that only its descriptor keeps: nothing is left behind, however we end. */
async function openCopy(path: string, signal: AbortSignal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "colony-inspect-"));
  try {
    const target = join(folder, "copy.db");
    await copyStill(path, target, signal);
    return openSync(target, "r");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
