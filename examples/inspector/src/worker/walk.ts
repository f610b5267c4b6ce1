import { Census, CENSUS_COLUMNS, rowidsWhere } from "./census.ts";
import type { Database } from "./database.ts";
import { nextTask } from "./next-task.ts";
import { Parts } from "./parts.ts";
import { STEP_COLUMNS, StepTally } from "./steps.ts";
import type { Value } from "../shared/protocol.ts";

/**
 * One walk over the three tables, each from front to back, for all that the overview
 * tells. Each part begins when it is first asked for, and after those before it: what the
 * tasks tell is shown while the gates are read, and the gates' while the steps are.
 */
export class Walk {
  readonly #db: Database;
  readonly #aside: Database;
  /** Where in the census a task is, by its id. */
  readonly #places = new Map<unknown, number>();
  #census: Promise<Census> | undefined;
  #gates: Promise<Gates> | undefined;
  #steps: Promise<StepTally> | undefined;
  #counted: Counted | undefined;

  /** The gates and steps are read `aside`, so that the tasks stay in the cache of `db`. */
  constructor(db: Database, aside: Database) {
    [this.#db, this.#aside] = [db, aside];
  }

  census(): Promise<Census> {
    return (this.#census ??= this.#readTasks());
  }

  gates(): Promise<Gates> {
    return (this.#gates ??= this.census().then((census) => this.#readGates(census)));
  }

  steps(): Promise<StepTally> {
    return (this.#steps ??= this.gates().then(async ({ parts }) => this.#readSteps(await this.census(), parts)));
  }

  /** Rowids of tasks with a required gate open. */
  async withOpenGate(): Promise<number[]> {
    const { parts } = await this.gates();
    return rowidsWhere(await this.census(), (at) => parts.gatesOpen[at]! > 0);
  }

  /** What each task has, if all of it was read; it is, soon, once this was asked. */
  counted(): Counted | undefined {
    this.steps().catch(() => {}); // Whoever needs them hears of it.
    return this.#counted;
  }

  async #readTasks(): Promise<Census> {
    const census = new Census();
    await readThrough(this.#db, "tasks", `${CENSUS_COLUMNS}, id`, (row) => {
      this.#places.set(row.at(-1), census.count);
      census.add(row);
    });
    census.resize(census.count);
    return census;
  }

  async #readGates(census: Census): Promise<Gates> {
    const found: Gates = { total: 0, met: 0, parts: new Parts(census.count) };
    const { gates, gatesMet, gatesOpen } = found.parts;
    await readThrough(this.#aside, "sop_checklist", "task_id, required <> 0, done_at IS NOT NULL", ([, task, isRequired, isMet]) => {
      found.total++;
      found.met += Number(isMet);
      const place = this.#places.get(task);
      if (place === undefined) return;
      gates[place]!++;
      if (isMet === 1) gatesMet[place]!++;
      else if (isRequired === 1) gatesOpen[place]!++;
    });
    return found;
  }

  async #readSteps(census: Census, parts: Parts): Promise<StepTally> {
    const tally = new StepTally();
    await readThrough(this.#aside, "steps", `task_id, ${STEP_COLUMNS}`, ([, task, isDone, ...rest]) => {
      tally.add([isDone, ...rest]);
      const place = this.#places.get(task);
      if (place === undefined) return;
      parts.steps[place]!++;
      parts.stepsDone[place]! += Number(isDone);
    });
    this.#places.clear();
    this.#counted = { census, parts };
    return tally;
  }
}

interface Counted {
  census: Census;
  parts: Parts;
}

export interface Gates {
  total: number;
  met: number;
  /** Without the steps until those are read. */
  parts: Parts;
}

/** Rows read at a time: in between, the page's questions are answered. */
const AT_ONCE = 8192;

/** All rows of a table in the order of their rowids, which come first. */
async function readThrough(db: Database, table: string, columns: string, onRow: (row: readonly Value[]) => void): Promise<void> {
  let after: Value = -Infinity;
  for (let count = AT_ONCE; count === AT_ONCE; await nextTask()) {
    count = 0;
    await db.each(`SELECT rowid, ${columns} FROM ${table} NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ${AT_ONCE}`, [after], (row) => {
      after = row[0]!;
      count++;
      onRow(row);
    });
  }
}
