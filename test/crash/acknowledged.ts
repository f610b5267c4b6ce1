import { expect } from "vitest";
import { sqlite3 } from "../helpers.ts";

/** What the writers (`test/processes/crash-writer.mjs`) were told is stored. */
export class Acknowledged {
  readonly #tasks = new Map<string, string>();
  readonly #steps = new Set<string>();
  /** The last of the large rewrites. */
  #mark = { writer: "nobody", number: -1 };

  get size(): number {
    return this.#tasks.size + this.#steps.size;
  }

  add(lines: readonly string[]): void {
    for (const line of lines) {
      const [what, id = "", token = ""] = line.split(" ");
      if (what === "enqueued") this.#tasks.set(id, this.#tasks.get(id) ?? "");
      if (what === "claimed") this.#tasks.set(id, token);
      if (what === "completed") this.#tasks.set(id, `${this.#tasks.get(id)} done`);
      if (what === "step") this.#steps.add(id);
      if (what === "rewritten") this.#mark = { writer: id.split("-")[0]!, number: Number(id.split("-")[1]) };
    }
  }

  /** Others may be at work meanwhile, by the same lock. */
  expectAllIn(dbPath: string): void {
    const rows = (sql: string): string[] => sqlite3(dbPath, sql).split("\n");
    const [writer, number] = rows("SELECT trim(substr(payload, 1, 12)) FROM tasks WHERE source = 'ballast' LIMIT 1")[0]!.split("-");
    if (writer === this.#mark.writer) expect(Number(number)).toBeGreaterThanOrEqual(this.#mark.number);
    const states = new Map(rows("SELECT id, coalesce(claim_token, '') || ' ' || status FROM tasks").map((row) => row.split("|") as [string, string]));
    const missing = [...this.#tasks].filter(([id, state]) => states.get(id)?.startsWith(state) !== true);
    expect(missing).toEqual([]);
    const steps = new Set(rows("SELECT id FROM steps WHERE status = 'done' AND evidence = 'seen'"));
    expect([...this.#steps].filter((id) => !steps.has(id))).toEqual([]);
  }
}
