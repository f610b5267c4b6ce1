import type { Random } from "../random.ts";

/** Ways to spoil bytes. */

const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff];

/** Changes a few bytes anywhere, or in one place, or cuts, doubles and swaps pieces. */
export function mutate(random: Random, original: Uint8Array): Uint8Array {
  let bytes = original.slice();
  for (let count = 1 + random.below(random.pick([2, 8, 64])); count > 0 && bytes.length > 0; count--) {
    const at = random.chance(0.3) ? random.below(Math.min(bytes.length, 110)) : random.below(bytes.length);
    const length = 1 + random.below(Math.min(bytes.length - at, random.pick([1, 4, 100, 4096])));
    switch (random.below(7)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random.below(8));
        break;
      case 1:
        bytes[at] = random.pick(INTERESTING);
        break;
      case 2:
        bytes.set(random.bytes(length), at);
        break;
      case 3:
        bytes.fill(random.pick(INTERESTING), at, at + length);
        break;
      case 4:
        bytes.copyWithin(random.below(bytes.length - length + 1), at, at + length);
        break;
      case 5:
        if (random.chance(0.1)) bytes = bytes.slice(0, at);
        break;
      default:
        writeNumber(random, bytes, at);
    }
  }
  return bytes;
}

/** A number where a format has one: as large or as small as can be, or nearly what it was. */
function writeNumber(random: Random, bytes: Uint8Array, at: number): void {
  if (at + 4 > bytes.length) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const value = random.pick([0, 1, 0xffffffff, 0x7fffffff, 0x80000000, view.getUint32(at) + 1, view.getUint32(at) - 1, random.below(64)]);
  view.setUint32(at, value >>> 0);
}

/** Fields of a database by sqlite.org/fileformat2.html: the header's, a page's type and cell count, its cell pointers, a pointer to a page. */
export function mutateDatabase(random: Random, original: Uint8Array): Uint8Array {
  const bytes = original.slice();
  const view = new DataView(bytes.buffer);
  const pages = Math.floor(bytes.length / 4096);
  for (let count = 1 + random.below(4); count > 0; count--) {
    const page = random.below(pages);
    const start = page * 4096;
    const header = page === 0 ? 100 : start;
    switch (random.below(6)) {
      case 0: // Page size, file format, reserved space, page count, freelist, schema cookie and format, encoding, user_version.
        view.setUint8(random.pick([16, 17, 18, 19, 20, 21, 31, 32, 35, 39, 43, 47, 59, 63, 67, 95]), random.below(256));
        break;
      case 1:
        view.setUint8(header, random.pick([2, 5, 10, 13, 0, 255]));
        break;
      case 2:
        view.setUint16(header + random.pick([1, 3, 5]), random.pick([0, 1, 4095, 65535, random.below(4096)]));
        break;
      case 3: // A cell somewhere else, or one for another.
        view.setUint16(header + 8 + 2 * random.below(20), random.below(4096));
        break;
      case 4: // The rightmost child, or a left child: another page, itself, one that is not there.
        view.setUint32(header + random.pick([8, 4096 - 4 - random.below(2000) - (header - start)]), random.pick([page + 1, random.below(pages) + 1, 0, pages + 9]));
        break;
      default: { // A varint of a cell: its payload's length, or its row's number.
        const cell = start + view.getUint16(header + 8 + 2 * random.below(10));
        if (cell + 9 < bytes.length) bytes.set(random.chance() ? [0xff, 0xff, 0xff, 0xff, 0x7f] : [random.below(256)], cell);
      }
    }
  }
  return bytes;
}

/** Fields of a `-journal`: count of pages, nonce, page count before, sector size, page size; page numbers in it. */
export function mutateJournal(random: Random, original: Uint8Array): Uint8Array {
  const bytes = original.slice();
  const view = new DataView(bytes.buffer);
  const field = random.pick([8, 12, 16, 20, 24, 512, 512 + 4104]);
  if (field + 4 <= bytes.length) view.setUint32(field, random.pick([0, 1, 2, 0xffffffff, 0x7fffffff, 512, 65536, 3, random.below(1000)]));
  return random.chance() ? bytes : mutate(random, bytes);
}

/** Fields of a `-wal`: magic, version, page size, salts; a frame's page number and the size at commit. Checksums made good again half of the time. */
export function mutateWal(random: Random, original: Uint8Array): Uint8Array {
  const bytes = original.slice();
  const view = new DataView(bytes.buffer);
  const frame = 32 + random.below(Math.max(1, Math.floor((bytes.length - 32) / 4120))) * 4120;
  const field = random.pick([0, 4, 8, 12, 16, frame, frame + 4, frame + 24, frame + 24 + 100]);
  if (field + 4 <= bytes.length) view.setUint32(field, random.pick([0, 1, 2, 0xffffffff, 0x7fffffff, 512, 65536, random.below(60)]));
  if (random.chance()) sumWal(view);
  return bytes;
}

/** Sets all checksums of a WAL, so that its content is believed. */
function sumWal(view: DataView): void {
  const isLittle = (view.getUint32(0) & 1) === 0;
  let sums: [number, number] = [0, 0];
  const add = (from: number, to: number): void => {
    for (let at = from; at < to; at += 8) {
      sums[0] = (sums[0] + view.getUint32(at, isLittle) + sums[1]) >>> 0;
      sums[1] = (sums[1] + view.getUint32(at + 4, isLittle) + sums[0]) >>> 0;
    }
  };
  const put = (at: number): void => {
    view.setUint32(at, sums[0]);
    view.setUint32(at + 4, sums[1]);
  };
  add(0, 24);
  put(24);
  for (let frame = 32; frame + 4120 <= view.byteLength; frame += 4120) {
    view.setUint32(frame + 8, view.getUint32(16));
    view.setUint32(frame + 12, view.getUint32(20));
    add(frame, frame + 8);
    add(frame + 24, frame + 4120);
    put(frame + 16);
  }
}
