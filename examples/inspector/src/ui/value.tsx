import type { JSX } from "preact";
import type { Value } from "../shared/protocol.ts";
import { hexOf } from "../shared/hex.ts";
import { size } from "../shared/words.ts";

/** A value of any column: NULL, an empty text, a number, a text and a blob never look alike. */

/** Characters of a text that a cell holds. */
const CELL = 500;

export function ValueCell({ value }: { value: Value | undefined }): JSX.Element {
  if (value === null || value === undefined) return <span class="value-null">NULL</span>;
  if (typeof value === "number" || typeof value === "bigint") return <span class="value-number">{numeral(value)}</span>;
  if (typeof value === "string") {
    if (value === "") return <span class="value-null">''</span>;
    return <bdi title={value.length > 40 ? value.slice(0, CELL) : undefined}>{value.slice(0, CELL)}{value.length > CELL ? "…" : ""}</bdi>;
  }
  return <span class="value-blob" title={`blob, ${size(value.length)}`}>x'{hexOf(value.subarray(0, 16))}{value.length > 16 ? "…" : ""}' <span class="muted">{size(value.length)}</span></span>;
}

/** A float that is whole is written with its point, as SQLite does. */
function numeral(value: number | bigint): string {
  return String(value);
}
