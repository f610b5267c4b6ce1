/** Random numbers that a seed gives again: a failing case is run once more by its name. */
export class Random {
  #state: number;

  /** Seeded by any texts and numbers. */
  constructor(...seed: readonly (string | number)[]) {
    this.#state = 0x811c9dc5;
    for (const char of seed.join("/")) this.#state = Math.imul(this.#state ^ char.codePointAt(0)!, 0x01000193);
  }

  /** From 0 to 1, without 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability = 0.5): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
