import { unixSeconds, type Clock } from "../clock.ts";
import type { Sql } from "../sqlite/sql.ts";
import { HEALTH_RULES, type HealthRule } from "./health-rules.ts";
import { STALE_AFTER_MINUTES, staleBefore } from "./reclaim.ts";
import { CLOCK_TOLERANCE } from "./times.ts";

/** A rule, and what offends against it. */
export interface HealthCheck extends Pick<HealthRule, "id" | "severity" | "what" | "fix"> {
  /** What `ids` are of: rows of a table, or the file itself, of which they are remarks. */
  of: HealthRule["of"] | "file";
  /** How many offend; 0 when all is well. */
  count: number;
  /** The first of them, at most `sample`. */
  ids: string[];
}

export interface HealthOptions {
  /** When a claim is stale. Default 15. */
  staleAfterMinutes?: number | undefined;
  /** Has SQLite check the file as well; `full` compares every index with its table. Default `none`. */
  integrity?: "none" | "quick" | "full" | undefined;
  /** Ids given per check. Default 20. */
  sample?: number | undefined;
}

/** Every check with its outcome, also those that found nothing, in the order of the rules. */
export function getHealth(sql: Sql, clock: Clock, options: HealthOptions): HealthCheck[] {
  const { staleAfterMinutes = STALE_AFTER_MINUTES, integrity = "none", sample = 20 } = options;
  const bound = { ":staleBefore": staleBefore(clock, staleAfterMinutes), ":future": unixSeconds(clock) + CLOCK_TOLERANCE };
  const checks = HEALTH_RULES.map((rule): HealthCheck => {
    const parameters = Object.fromEntries(Object.entries(bound).filter(([name]) => rule.sql.includes(name)));
    const ids = [...new Set(sql.all<{ id: string }>(rule.sql, parameters).map(({ id }) => id))];
    const { id, severity, what, fix, of } = rule;
    return { id, severity, what, fix, of, count: ids.length, ids: ids.slice(0, sample) };
  });
  return integrity === "none" ? checks : [checkIntegrity(sql, integrity, sample), ...checks];
}

function checkIntegrity(sql: Sql, integrity: "quick" | "full", sample: number): HealthCheck {
  const remarks = sql.all<Record<string, string>>(integrity === "full" ? "PRAGMA integrity_check" : "PRAGMA quick_check")
    .map((row) => Object.values(row)[0] ?? "").filter((remark) => remark !== "ok");
  return {
    id: "integrity", severity: "error", of: "file",
    what: "damage that SQLite found in the file",
    fix: "restore it from a copy, or salvage it with `sqlite3 FILE .recover`",
    count: remarks.length,
    ids: remarks.slice(0, sample),
  };
}
