import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReadAhead } from "../../src/persistence/read-ahead.ts";

const BLOCK = 1 << 16;

/** A source that says what was read of it, and when its memory was given back. */
function sourceOf(bytes: Uint8Array<ArrayBuffer>): { reads: { offset: number; length: number }[]; given: Uint8Array[]; pages: ReadAhead } {
  const reads: { offset: number; length: number }[] = [];
  const given: Uint8Array[] = [];
  const pages = new ReadAhead({
    path: "/source",
    size: bytes.length,
    read(offset, length) {
      reads.push({ offset, length });
      const part = bytes.slice(offset, offset + length);
      given.push(part);
      return part;
    },
  });
  return { reads, given, pages };
}

/** Bytes that differ from place to place. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4)).map((_, index) => Math.imul(index, 2654435761));
  return new Uint8Array(words.buffer).slice(0, length);
}

const kept = (given: readonly Uint8Array[]): number => given.reduce((sum, { byteLength }) => sum + byteLength, 0);

describe("reading ahead", () => {
  test("gives the same bytes as the source, in whatever order they are asked for", () => {
    const bytes = bytesOf(40 * BLOCK + 1234);
    const ranges = fc.array(fc.tuple(fc.nat(bytes.length + 10), fc.nat(3 * BLOCK)), { maxLength: 60 });
    fc.assert(fc.property(ranges, (asked) => {
      const { pages } = sourceOf(bytes);
      for (const [offset, length] of asked) {
        const into = new Uint8Array(length);
        const count = pages.read(into, offset);
        const expected = bytes.subarray(offset, offset + length);
        if (count !== expected.length || Buffer.compare(into.subarray(0, count), expected) !== 0) return false;
      }
      return true;
    }), { numRuns: 60 });
  });

  test("in order takes about one read a megabyte, page by page or not", () => {
    const { reads, pages } = sourceOf(new Uint8Array(64 << 20));
    const page = new Uint8Array(4096);
    for (let at = 0; at < 64 << 20; at += page.length) pages.read(page, at);
    expect(reads.length).toBeLessThan(64 + 10);
  });

  test("of every third stretch, as a table lies between others, takes few reads too", () => {
    const { reads, pages } = sourceOf(new Uint8Array(60 << 20));
    const page = new Uint8Array(4096);
    for (let at = 0; at < 60 << 20; at += 3 << 18) {
      for (let inside = 0; inside < 1 << 18; inside += page.length) pages.read(page, at + inside);
    }
    expect(reads.length).toBeLessThan(90); // 80 stretches.
  });

  test("here and there reads little at a time", () => {
    const { reads, pages } = sourceOf(new Uint8Array(512 << 20));
    let at = 1;
    for (let n = 0; n < 500; n++) {
      at = (at * 48271) % 0x7fffffff;
      pages.read(new Uint8Array(4096), (at % 131072) * 4096);
    }
    const average = reads.reduce((sum, { length }) => sum + length, 0) / reads.length;
    expect(average).toBeLessThan(5 * BLOCK);
  });

  test("keeps no more than its capacity, and gives the rest back at once", () => {
    const { reads, given, pages } = sourceOf(new Uint8Array(200 << 20));
    for (let at = 0; at < 200 << 20; at += 1 << 18) pages.read(new Uint8Array(1 << 18), at);
    expect(reads.length).toBeGreaterThan(190);
    expect(kept(given)).toBeLessThanOrEqual(11 << 20);
    expect(kept(given)).toBeGreaterThan(8 << 20);
    pages.forget();
    expect(kept(given)).toBe(0);
  });

  test("what is used again and again is not read again", () => {
    const { reads, pages } = sourceOf(new Uint8Array(100 << 20));
    pages.read(new Uint8Array(4096), 0);
    for (let at = 10 << 20; at < 100 << 20; at += 1 << 18) {
      pages.read(new Uint8Array(1 << 18), at);
      pages.read(new Uint8Array(4096), 0);
    }
    expect(reads.filter(({ offset }) => offset === 0)).toHaveLength(1);
  });

  test("a source that gives less than it has is an error, not an end", () => {
    const pages = new ReadAhead({ path: "/short", size: 10 * BLOCK, read: () => new Uint8Array(100) });
    expect(() => pages.read(new Uint8Array(4096), 0)).toThrow(expect.objectContaining({ code: "EIO" }));
  });
});
