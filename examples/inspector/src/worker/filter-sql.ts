import { STATUSES, type Term } from "../shared/filter.ts";
import type { Walk } from "./walk.ts";

/** The filter language as SQL over `tasks`. Values are always bound, never pasted. */

export interface Where {
  sql: string;
  parameters: (string | number)[];
}

export interface Moment {
  staleMinutes: number;
  /** Milliseconds since 1970: what "now" is. */
  asOf: number;
}

export function staleBefore({ staleMinutes, asOf }: Moment): number {
  return Math.floor(asOf / 1000) - staleMinutes * 60;
}

export async function whereOf(terms: readonly Term[], moment: Moment, walk: Walk): Promise<Where> {
  const where: Where = { sql: "", parameters: [] };
  // Each task's gates looked up by index take 25 s among 100,000: the walk knows them.
  const withOpenGate = terms.some(({ field, values }) => field === "is" && values.includes("open-gates")) ? await walk.withOpenGate() : [];
  const conditions = terms.map((term) => {
    const any = term.values.map((value) => condition(term, value, { ...moment, withOpenGate }, where.parameters)).join(" OR ");
    return term.isNegated ? `NOT coalesce(${any}, 0)` : `(${any})`;
  });
  where.sql = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return where;
}

interface Known extends Moment {
  /** Rowids. */
  withOpenGate: readonly number[];
}

function condition(term: Term, value: string, known: Known, parameters: Where["parameters"]): string {
  const bind = (bound: string | number, sql: string): string => {
    parameters.push(bound);
    return sql;
  };
  const contains = (column: string): string => bind(likePattern(value), `${column} LIKE ? ESCAPE '\\'`);
  const [field, path] = split(term.field);
  switch (field) {
    case "status":
      return bind((STATUSES as readonly string[]).find((status) => status === value.toLowerCase().replace(/[- ]/g, "_")) ?? value, "status = ?");
    case "worker":
      return value === "none" ? "worker_id IS NULL" : bind(value, "worker_id = ?");
    case "source":
      return value === "none" ? "source IS NULL" : bind(value, "source = ?");
    case "parent":
      return value === "none" ? "parent_task_id IS NULL" : bind(value, "parent_task_id = ?");
    case "priority":
      return numeric("priority", term.operator, value, bind);
    case "retries":
      return numeric("retry_count", term.operator, value, bind);
    case "id":
      return bind(`${value.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`, "id LIKE ? ESCAPE '\\'");
    case "error":
      return value === "none" ? "last_error IS NULL" : contains("last_error");
    case "is":
      return flag(value, known, bind);
    case "payload":
      if (path === undefined) return contains("payload");
      parameters.push(`$.${path.split(".").map((key) => `"${key}"`).join(".")}`, likePattern(value));
      return "(CASE WHEN json_valid(payload) THEN json_extract(payload, ?) END) LIKE ? ESCAPE '\\'";
    case "text":
      return `(${["goal", "last_error", "payload", "id", "worker_id"].map((column) => `coalesce(${contains(column)}, 0)`).join(" OR ")})`;
    default:
      return unknown(`there is no field ${term.field}`);
  }
}

function flag(value: string, known: Known, bind: (bound: number | string, sql: string) => string): string {
  switch (value) {
    case "stale":
      return bind(staleBefore(known), "(status IN ('claimed', 'in_progress') AND unixepoch(claimed_at) < ?)");
    case "open-gates":
      return bind(`[${known.withOpenGate.join(",")}]`, "tasks.rowid IN (SELECT value FROM json_each(?))");
    case "exhausted":
      return "retry_count >= max_retries";
    case "retryable":
      return "retry_count < max_retries";
    case "orphan":
      return "(parent_task_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tasks AS parent WHERE parent.id = tasks.parent_task_id))";
    default:
      return unknown(`is:${value} means nothing; it may be stale, open-gates, exhausted, retryable or orphan`);
  }
}

function numeric(column: string, operator: Term["operator"], value: string, bind: (bound: number, sql: string) => string): string {
  const number = Number(value);
  if (value === "" || Number.isNaN(number)) return unknown(`${value} is no number`);
  return bind(number, `${column} ${operator === ":" ? "=" : operator} ?`);
}

function unknown(message: string): never {
  throw Object.assign(new Error(message), { code: "INVALID_INPUT", hint: "click in the filter to see what it understands" });
}

function split(field: string): [string, string | undefined] {
  const dot = field.indexOf(".");
  return dot < 0 ? [field, undefined] : [field.slice(0, dot), field.slice(dot + 1)];
}

/** `%text%`, with LIKE's own signs taken literally. */
function likePattern(value: string): string {
  return `%${value.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
