import type { Pointer } from "./sql-js.ts";

/** Views of the module's linear memory, renewed when it grows, and text in it. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #u8: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  get u8(): Uint8Array {
    // A grown memory detaches the old buffer, whose length is then 0.
    if (this.#u8.length === 0) {
      this.#u8 = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
    return this.#u8;
  }

  get #data(): DataView {
    return this.u8.length > 0 ? this.#view : new DataView(this.#memory.buffer);
  }

  /** The lowest `bytes` as 32-bit words, for searching: valid until the memory grows. */
  lowWords(bytes: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, 0, bytes / 4);
  }

  u32(at: Pointer): number {
    return this.#data.getUint32(at, true);
  }

  setU32(at: Pointer, value: number): void {
    this.#data.setUint32(at, value, true);
  }

  setI64(at: Pointer, value: number): void {
    this.#data.setBigInt64(at, BigInt(value), true);
  }

  bytes(at: Pointer, length: number): Uint8Array {
    return this.u8.subarray(at, at + length);
  }

  text(at: Pointer, length: number): string {
    return this.#decoder.decode(this.bytes(at, length));
  }

  /** Text up to its NUL. */
  cText(at: Pointer): string {
    return at === 0 ? "" : this.text(at, this.u8.indexOf(0, at) - at);
  }

  /** Writes UTF-8 and a NUL; returns the bytes before the NUL, or -1 when `room` is too small. */
  setText(at: Pointer, room: number, text: string): number {
    const { read, written } = this.#encoder.encodeInto(text, this.bytes(at, room));
    if (read < text.length || written >= room) return -1;
    this.u8[at + written] = 0;
    return written;
  }
}
