import type { Engine } from "./engine.ts";
import type { Pointer } from "./sql-js.ts";
import { badSql } from "./sqlite-error.ts";

/** SQL of any number of statements, in wasm memory until `free`: SQLite finds each one's end as it prepares it. */
export class Script {
  /** Where the next statement begins, and where the text ends with a NUL. */
  at: Pointer;
  readonly end: Pointer;
  readonly #engine: Engine;
  readonly #start: Pointer;

  constructor(engine: Engine, sql: string) {
    if (sql.includes("\0")) throw badSql("the SQL contains NUL"); // SQLite would stop reading there.
    const bytes = new TextEncoder().encode(sql);
    this.#engine = engine;
    this.#start = engine.api._malloc(bytes.length + 1);
    if (this.#start === 0) throw badSql(`a text of ${sql.length} characters does not fit in memory`);
    engine.heap.bytes(this.#start, bytes.length).set(bytes);
    this.at = this.#start;
    this.end = this.#start + bytes.length;
    engine.heap.bytes(this.end, 1)[0] = 0;
  }

  /** The text from where it stands to there, without empty statements before it. */
  text(to: Pointer): string {
    return this.#engine.heap.text(this.at, to - this.at).replace(/^[\s;]+/, "").trimEnd();
  }

  free(): void {
    this.#engine.api._free(this.#start);
    this.at = this.end;
  }
}
