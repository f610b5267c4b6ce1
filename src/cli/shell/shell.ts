import { existsSync } from "node:fs";
import { openSqlite } from "../../colony/open-sqlite.ts";
import { isProgressDbError } from "../../errors.ts";
import type { SqliteDb, SqliteOptions } from "../../sqlite-db.ts";
import { ERROR } from "../../sqlite/result-codes.ts";
import type { SqlValue } from "../../sqlite/sql.ts";
import { wasmBesideUs } from "../wasm.ts";
import type { Output } from "../output/descriptor.ts";
import type { Source } from "./dump.ts";
import { ExitRequest } from "./exit-request.ts";
import type { Interrupts } from "./interrupts.ts";
import { failureOf } from "./messages.ts";
import { MODES } from "./modes/index.ts";
import { isQueryPlan, queryPlan } from "./modes/plan.ts";
import type { Printer, Settings } from "./modes/printer.ts";

export interface ShellOptions {
  readonly path: string;
  /** The database's name as it was given. */
  readonly name: string;
  readonly open: SqliteOptions;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly interrupts: Interrupts;
  /** Throws what goes wrong instead of saying it and going on. */
  readonly throws: boolean;
  /** Refuses what reaches beyond the database: reading and writing other files. */
  readonly isSafe: boolean;
}

/** The database, how to show what it answers, and what the session has been told so far. */
export class Shell implements Source {
  readonly options: ShellOptions;
  readonly settings: Settings = { headers: false, columnSeparator: "|", rowSeparator: "\n", nullValue: "", table: "table" };
  mode = "list";
  /** Headers were turned on or off by name: a mode leaves them so. */
  isHeadersSet = false;
  bail = false;
  echo = false;
  showChanges = false;
  /** Where results go. */
  out: Output;
  /** The file that `.output` or `.once` opened; `.once` ends with the next command. */
  redirection: { readonly close: () => void; readonly once: boolean } | undefined;
  #db: SqliteDb | undefined;
  #timeoutMs: number | undefined;

  constructor(options: ShellOptions) {
    this.options = options;
    this.out = options.stdout;
  }

  /** Opened when first needed: not every session runs SQL. Without it there is nothing to go on with: throws ExitRequest. */
  async database(): Promise<SqliteDb> {
    const { path, name, open, stderr } = this.options;
    try {
      this.#db ??= await openSqlite(path, { ...open, wasm: wasmBesideUs() });
    } catch (error) {
      if (this.options.throws || !isProgressDbError(error) || error.code === "ENGINE_MISMATCH") throw error;
      stderr.write(`Error: unable to open database "${name}": unable to open database file\n  ${error.message}\n`);
      stderr.flush();
      throw new ExitRequest(1);
    }
    if (this.#timeoutMs !== undefined) this.#db.timeoutMs = this.#timeoutMs;
    this.#timeoutMs = undefined;
    return this.#db;
  }

  set timeoutMs(value: number) {
    if (this.#db === undefined) this.#timeoutMs = value;
    else this.#db.timeoutMs = value;
  }

  chooseMode(name: string): void {
    const mode = MODES[name]!;
    this.mode = name;
    this.settings.columnSeparator = mode.columnSeparator ?? this.settings.columnSeparator;
    this.settings.rowSeparator = mode.rowSeparator ?? this.settings.rowSeparator;
    if (mode.headers === true && !this.isHeadersSet) this.settings.headers = true;
  }

  /** Runs SQL and shows its results; what fails is said on stderr. Returns SQLite's result code. */
  async execute(sql: string, where: "argument" | number): Promise<number> {
    const { stderr, interrupts } = this.options;
    let printer = this.#printer();
    await interrupts.pause();
    try {
      const db = await this.database();
      const statements = db.run(sql, {
        bigInts: true,
        onRow: (row, columns) => printer.row(row, columns),
        onWait: () => interrupts.listen(),
      });
      for await (const { columns } of statements) {
        printer.end(columns);
        printer = this.#printer();
      }
      if (this.showChanges) {
        const [[changes, total] = []] = await this.rows("SELECT changes(), total_changes()");
        this.out.write(`changes: ${String(changes)}   total_changes: ${String(total)}\n`);
      }
      return 0;
    } catch (error) {
      if (error instanceof ExitRequest || this.options.throws) throw error;
      const failure = failureOf(error, where);
      const note = this.#isMissing(failure.code) ? `\n  ${this.options.name} does not exist; the first statement that writes would make it` : "";
      printer.end([]); // What was fetched before it failed.
      stderr.write(`${failure.message}${note}\n`);
      return failure.code;
    } finally {
      if (this.out.isPending || stderr.isPending) interrupts.listen(); // Whoever reads it may react.
      this.out.flush();
      stderr.flush();
    }
  }

  /** A wrong path, most likely: SQL that fails in an empty database that is not even there. */
  #isMissing(code: number): boolean {
    return code === ERROR && this.options.path !== ":memory:" && !existsSync(this.options.path);
  }

  /** Rows for the shell's own use. */
  async rows(sql: string, parameters: readonly SqlValue[] = []): Promise<SqlValue[][]> {
    const all: SqlValue[][] = [];
    for await (const { rows } of (await this.database()).run(sql, { parameters })) all.push(...rows);
    return all;
  }

  async each(sql: string, onRow: (row: SqlValue[]) => void): Promise<void> {
    for await (const _ of (await this.database()).run(sql, { bigInts: true, onRow })) void _;
  }

  endRedirection(): void {
    this.out.flush();
    this.redirection?.close();
    this.redirection = undefined;
    this.out = this.options.stdout;
  }

  /** Rolls back what was not committed and gives the lock back, at once; the promise is a formality. */
  async close(): Promise<void> {
    await this.#db?.close();
  }

  /** Chosen with the first row, or at the end when there is none: by then the statement is known. */
  #printer(): Printer {
    let printer: Printer | undefined;
    const chosen = (columns: readonly string[]): Printer => {
      const format = isQueryPlan(columns) ? queryPlan : MODES[this.mode]!.format;
      return (printer ??= format(this.settings, (text) => this.out.write(text)));
    };
    return {
      row: (values, columns) => chosen(columns).row(values, columns),
      end: (columns) => chosen(columns).end(columns),
    };
  }
}
