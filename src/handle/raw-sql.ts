import { ProgressDbError } from "../errors.ts";
import type { Connection } from "../sqlite/connection.ts";
import { statementText, TELLING, TELLING_ABOUT } from "./sql-text.ts";
import type { Sql, SqlParameters, SqlRow } from "../sqlite/sql.ts";

/** The transaction is ours to begin and end, and an attached file would have no lock. */
const REFUSED: ReadonlySet<string> = new Set([
  "begin", "commit", "end", "rollback", "savepoint", "release", "attach", "detach", "vacuum",
]);
/** SQL for callers of `read` and `transaction`: valid during the call, and while their transaction lasts. */
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
    const connection = this.#connection;
    if (connection === undefined) {
      throw new ProgressDbError("CLOSED", "the transaction is over: its SQL can no longer be used", {
        hint: "use it inside the callback only, and not after SQLite itself has rolled back",
      });
    }
    refuse(sql);
    try {
      return connection.exec(sql, parameters, { single: true });
    } catch (error) {
      // After a rollback of SQLite's own (`INSERT OR ROLLBACK`) each statement would commit by itself.
      if (!connection.isInTransaction()) this.end();
      throw error;
    }
  }
}

/** Gives a callback its SQL, and takes it back when the callback ends, which must be at once. */
export function withRawSql<T>(connection: Connection, callback: (sql: Sql) => T): T {
  const sql = new RawSql(connection);
  try {
    const result = callback(sql);
    if (result instanceof Promise) {
      result.catch(() => {}); // It can only fail: its SQL ends here.
      throw new ProgressDbError("INVALID_INPUT", "the callback returned a promise; inside a transaction all must be synchronous", {
        hint: "await before or after read() and transaction(), not inside",
      });
    }
    return result;
  } finally {
    sql.end();
  }
}

function refuse(sql: string): void {
  const { word, pragma } = statementText(sql);
  if (REFUSED.has(word)) {
    throw new ProgressDbError("INVALID_INPUT", `${word.toUpperCase()} is not for read() and transaction()`, {
      hint: "the callback already runs in a transaction of its own: throw to roll it back",
    });
  }
  if (pragma === undefined || TELLING_ABOUT.has(pragma.name) || (TELLING.has(pragma.name) && pragma.value === undefined)) return;
  throw new ProgressDbError("INVALID_INPUT", `PRAGMA ${pragma.name} is not for read() and transaction()`, {
    hint: `its effect would outlive the callback; these are welcome: ${[...TELLING, ...TELLING_ABOUT].join(", ")}`,
  });
}
