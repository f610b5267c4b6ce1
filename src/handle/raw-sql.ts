import { ProgressDbError } from "../errors.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Sql, SqlParameters, SqlRow } from "../sqlite/sql.ts";

/** The transaction is ours to begin and end, and an attached file would have no lock. */
const REFUSED: ReadonlySet<string> = new Set([
  "begin", "commit", "end", "rollback", "savepoint", "release", "attach", "detach", "vacuum",
]);
/** Pragmas that tell; with a value they would set what outlives the callback. */
const TELLING: ReadonlySet<string> = new Set([
  "application_id", "collation_list", "compile_options", "data_version", "database_list", "encoding", "freelist_count",
  "function_list", "page_count", "page_size", "schema_version", "table_list", "user_version",
]);
/** Pragmas whose value says what to tell about, and the one whose setting ends with the transaction. */
const TELLING_ABOUT: ReadonlySet<string> = new Set([
  "defer_foreign_keys", "foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo",
  "integrity_check", "quick_check", "table_info", "table_xinfo",
]);
/** Space, comments and `explain` before a statement's first word: a pragma acts when it is compiled, explained or not. */
const LEADING = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|explain\b|query\s+plan\b)*/i;
const PRAGMA = /^pragma(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+(?:\w+\s*\.\s*)?["'`[]?(\w+)["'`\]]?\s*([=(]?)/i;

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

function refuse(sql: string): void {
  const statement = sql.replace(LEADING, "");
  const word = /^\w+/.exec(statement)?.[0].toLowerCase() ?? "";
  if (REFUSED.has(word)) {
    throw new ProgressDbError("INVALID_INPUT", `${word.toUpperCase()} is not for read() and transaction()`, {
      hint: "the callback already runs in a transaction of its own: throw to roll it back",
    });
  }
  if (word !== "pragma") return;
  const [, name = "", value = ""] = PRAGMA.exec(statement) ?? [];
  const pragma = name.toLowerCase();
  if (TELLING_ABOUT.has(pragma) || (TELLING.has(pragma) && value === "")) return;
  throw new ProgressDbError("INVALID_INPUT", `PRAGMA ${name} is not for read() and transaction()`, {
    hint: `its effect would outlive the callback; these are welcome: ${[...TELLING, ...TELLING_ABOUT].join(", ")}`,
  });
}
