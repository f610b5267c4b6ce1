import { ProgressDbError } from "../errors.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Sql, SqlParameters, SqlRow } from "../sqlite/sql.ts";

/** The transaction is ours to begin and end, and an attached file would have no lock. */
const REFUSED = /^(begin|commit|end|rollback|savepoint|release|attach|detach|vacuum)$/i;
/** Comments and space before a statement's first word. */
const LEADING = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*/;

/** SQL for callers of `read` and `transaction`: valid during the call only. */
export class RawSql implements Sql {
  #connection: Connection | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  all<Row = SqlRow>(sql: string, parameters?: SqlParameters): Row[] {
    return this.#execute(sql, parameters) as Row[];
  }

  get<Row = SqlRow>(sql: string, parameters?: SqlParameters): Row | undefined {
    return this.#execute(sql, parameters)[0] as Row | undefined;
  }

  run(sql: string, parameters?: SqlParameters): number {
    this.#execute(sql, parameters);
    return this.#connection?.changes() ?? 0;
  }

  /** Makes every later call fail. */
  end(): void {
    this.#connection = undefined;
  }

  #execute(sql: string, parameters: SqlParameters | undefined): SqlRow[] {
    if (this.#connection === undefined) {
      throw new ProgressDbError("CLOSED", "the transaction is over: its SQL cannot be used after the callback returned");
    }
    const word = /^\w+/.exec(sql.replace(LEADING, ""))?.[0] ?? "";
    if (REFUSED.test(word)) {
      throw new ProgressDbError("INVALID_INPUT", `${word.toUpperCase()} is not for read() and transaction()`, {
        hint: "the callback already runs in a transaction of its own: throw to roll it back",
      });
    }
    return this.#connection.exec(sql, parameters, { single: true });
  }
}
