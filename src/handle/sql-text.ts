/** What can be told of a statement from its text alone. */

/** Space, comments and `explain` before a statement's first word: a pragma acts when it is compiled, explained or not. */
const LEADING = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|explain\b|query\s+plan\b)*/i;
const PRAGMA = /^pragma(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+(?:\w+\s*\.\s*)?["'`[]?(\w+)["'`\]]?\s*(?:[=(]\s*["'`[]?([^"'`\])\s;]*))?/i;

/** Pragmas that tell; with a value they would set something. */
export const TELLING: ReadonlySet<string> = new Set([
  "application_id", "collation_list", "compile_options", "data_version", "database_list", "encoding", "freelist_count",
  "function_list", "page_count", "page_size", "schema_version", "table_list", "user_version",
]);
/** Pragmas whose value says what to tell about, and the one whose setting ends with the transaction. */
export const TELLING_ABOUT: ReadonlySet<string> = new Set([
  "defer_foreign_keys", "foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo",
  "integrity_check", "quick_check", "table_info", "table_xinfo",
]);

export interface StatementText {
  /** The first word, in lower case. */
  readonly word: string;
  /** `value` is `undefined` when none is given. */
  readonly pragma: { readonly name: string; readonly value: string | undefined } | undefined;
}

/** The SQL from its first word on. */
export function withoutLeading(sql: string): string {
  return sql.slice(LEADING.exec(sql)?.[0].length);
}

export function statementText(sql: string): StatementText {
  const statement = withoutLeading(sql);
  const word = /^\w+/.exec(statement)?.[0].toLowerCase() ?? "";
  if (word !== "pragma") return { word, pragma: undefined };
  const [, name = "", value] = PRAGMA.exec(statement) ?? [];
  return { word, pragma: { name: name.toLowerCase(), value } };
}

/** True for what cannot change the file or the connection. False for much that does not, either. */
export function onlyReads(sql: string): boolean {
  const { word, pragma } = statementText(sql);
  if (pragma === undefined) return word === "select" || word === "values" || withoutLeading(sql) === "";
  const isSetting = pragma.value !== undefined;
  return TELLING_ABOUT.has(pragma.name) || pragma.name === "busy_timeout"
    || (!isSetting && (TELLING.has(pragma.name) || pragma.name === "journal_mode"));
}
