import { systemError } from "./persistence.ts";

/**
 * Reading from where a call costs more than the bytes it brings (a picked file, a
 * file behind HTTP): what is read in order is read ahead, in windows that grow
 * while they are used, and windows are kept until others need their room.
 */

export interface ByteSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The `length` bytes at `offset`, both inside the source, in memory of their own. Throws a system error. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

/** The unit of what is read and remembered, bytes. */
const BLOCK = 1 << 16;
/** What is read at a new place, blocks: twice as much takes a quarter longer. */
const FIRST = 2;
/** The most that is read in one call, blocks. */
const LONGEST = 16;
/** What is kept at most, bytes. */
const CAPACITY = 11 << 20;
/** How far ahead of the last window reading still goes on in order, blocks: other tables lie between. */
const LEAP = 128;
/** Places read from in turn: SQLite walks a table and an index or two at a time. */
const STREAMS = 8;
/** A window of which less than this was used made a longer read not worth while; from `WELL_USED` on, a longer one is. */
const POORLY_USED = 1 / 8;
const WELL_USED = 1 / 4;

/** Blocks that were read in one call. */
interface Window {
  /** The first block. */
  readonly start: number;
  /** Blocks. */
  readonly length: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The blocks that were asked for. */
  readonly used: Set<number>;
}

export class ReadAhead {
  readonly #source: ByteSource;
  readonly #windows = new Map<number, Window>();
  /** In the order of their last use. */
  readonly #byUse = new Set<Window>();
  /** The last windows of the places that are being read from, the latest first. */
  #streams: Window[] = [];
  #kept = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Fills `into` from `offset`; returns the bytes read, fewer than asked only at the end. */
  read(into: Uint8Array, offset: number): number {
    const length = Math.max(0, Math.min(into.length, this.#source.size - offset));
    for (let done = 0; done < length; ) {
      const at = offset + done;
      const window = this.#window(Math.floor(at / BLOCK));
      const begin = at - window.start * BLOCK;
      const part = window.bytes.subarray(begin, begin + length - done);
      if (part.length === 0) throw systemError("EIO", this.#source.path); // The source gave less than it has.
      into.set(part, done);
      done += part.length;
    }
    return length;
  }

  /** Forgets what was read: the source has changed, or is no longer needed. */
  forget(): void {
    for (const window of this.#byUse) this.#drop(window);
    this.#streams = [];
  }

  #window(block: number): Window {
    const window = this.#windows.get(block) ?? this.#fetch(block);
    window.used.add(block);
    this.#byUse.delete(window);
    this.#byUse.add(window);
    return window;
  }

  #fetch(block: number): Window {
    const before = this.#before(block);
    const wanted = before === undefined ? FIRST : nextLength(before);
    const end = Math.ceil(this.#source.size / BLOCK);
    let length = 1;
    while (length < wanted && block + length < end && !this.#windows.has(block + length)) length++;
    for (const oldest of this.#byUse) {
      if (this.#kept + length * BLOCK <= CAPACITY) break;
      this.#drop(oldest);
    }
    const offset = block * BLOCK;
    const bytes = this.#source.read(offset, Math.min(length * BLOCK, this.#source.size - offset));
    const window: Window = { start: block, length, bytes, used: new Set() };
    for (let index = 0; index < length; index++) this.#windows.set(block + index, window);
    this.#byUse.add(window);
    this.#kept += length * BLOCK;
    this.#streams = [window, ...this.#streams.filter((stream) => stream !== before)].slice(0, STREAMS);
    return window;
  }

  /** The stream that ends closest before the block, if any is near. */
  #before(block: number): Window | undefined {
    let closest: Window | undefined;
    for (const stream of this.#streams) {
      const leap = block - stream.start - stream.length;
      if (leap >= 0 && leap <= LEAP && (closest === undefined || stream.start > closest.start)) closest = stream;
    }
    return closest;
  }

  #drop(window: Window): void {
    for (let index = 0; index < window.length; index++) this.#windows.delete(window.start + index);
    this.#byUse.delete(window);
    this.#kept -= window.length * BLOCK;
    // Gives the memory back now, not when the garbage collector finds the time.
    structuredClone(window.bytes.buffer, { transfer: [window.bytes.buffer] });
  }
}

function nextLength({ length, used }: Window): number {
  const share = used.size / length;
  if (share < POORLY_USED) return Math.max(1, length / 2);
  return share < WELL_USED ? length : Math.min(LONGEST, length * 2);
}
