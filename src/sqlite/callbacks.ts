import type { Pointer } from "./sql-js.ts";

export type Callback = (...args: never[]) => number;

const TYPES: Readonly<Record<string, number>> = { i: 0x7f, j: 0x7e };

/**
 * JavaScript functions for SQLite to call, put into the module's table all at once.
 * sql.js's own `addFunction` compiles a module for each, which takes a process that
 * only claims a task as long as the claim.
 */
export class Callbacks {
  readonly #table: WebAssembly.Table;
  readonly #first: number;
  readonly #added: { callback: Callback; signature: string }[] = [];

  constructor(table: WebAssembly.Table) {
    this.#table = table;
    this.#first = table.length;
  }

  /** The address that the function will have. `signature`: the result's type, then the parameters': `i` for 32 bits, `j` for 64 (a BigInt). */
  add(callback: Callback, signature: string): Pointer {
    return this.#first + this.#added.push({ callback, signature }) - 1;
  }

  /** Makes the addresses valid. Nothing may have been put into the table since. `compiled` is for runtimes that compile no bytes. */
  install(compiled?: WebAssembly.Module): void {
    const module = compiled ?? new WebAssembly.Module(passThrough(this.#added.map(({ signature }) => signature)));
    const callbacks = Object.fromEntries(this.#added.map(({ callback }, index) => [index, callback]));
    const { exports } = new WebAssembly.Instance(module, { "": callbacks });
    this.#table.grow(this.#added.length);
    for (const index of this.#added.keys()) this.#table.set(this.#first + index, exports[index]);
  }
}

/** A module that imports a function of each signature and exports them again, as 0, 1, 2 … (webassembly.github.io/spec/core/binary). */
function passThrough(signatures: readonly string[]): Uint8Array<ArrayBuffer> {
  const all = (entry: (signature: string, index: number) => number[]): number[] => [...leb(signatures.length), ...signatures.flatMap(entry)];
  const section = (id: number, content: number[]): number[] => [id, ...leb(content.length), ...content];
  const name = (index: number): number[] => sized(Array.from(String(index), (digit) => digit.charCodeAt(0)));
  const types = (letters: string): number[] => sized(Array.from(letters, (letter) => TYPES[letter]!));
  const FUNCTION = 0x00;
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, all((signature) => [0x60, ...types(signature.slice(1)), ...types(signature[0]!)])),
    ...section(2, all((_, index) => [...sized([]), ...name(index), FUNCTION, ...leb(index)])),
    ...section(7, all((_, index) => [...name(index), FUNCTION, ...leb(index)])),
  ]);
}

function sized(bytes: number[]): number[] {
  return [...leb(bytes.length), ...bytes];
}

/** An unsigned number, seven bits a byte, the lowest first. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
