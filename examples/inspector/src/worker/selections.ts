import type { Rowids } from "./database.ts";

/**
 * Lists of rowids: one per filter and sort. The page scrolls through 100,000 rows by
 * asking for the few dozen it shows, by place in the list.
 */

/** Lists kept; a table, its detail's neighbours and a drill-down use three. */
const KEPT = 6;

/** A token names one list of one look at the database, and never comes again: what the page has kept by it is then known to be old. */
let lastToken = 0;

export class Selections<Kind> {
  readonly #lists = new Map<number, { kind: Kind; rowids: Rowids }>();

  add(kind: Kind, rowids: Rowids): number {
    const token = ++lastToken;
    this.#lists.set(token, { kind, rowids });
    for (const old of this.#lists.keys()) {
      if (this.#lists.size <= KEPT) break;
      this.#lists.delete(old);
    }
    return token;
  }

  get(token: number): { kind: Kind; rowids: Rowids } {
    const list = this.#lists.get(token);
    if (list === undefined) throw Object.assign(new Error("this list of rows is gone"), { code: "CLOSED", hint: "reload the view" });
    return list;
  }

  /** A part of a list as JSON, for `json_each`. */
  json(token: number, from: number, to: number): string {
    return `[${this.get(token).rowids.subarray(from, to).join(",")}]`;
  }
}
