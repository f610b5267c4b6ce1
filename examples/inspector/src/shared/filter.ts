/**
 * The filter language: `status:failed worker:w-3 priority:>5 payload.url:x -is:stale "two words"`.
 * Terms are joined by AND; values of one term may be several, `status:pending,claimed`.
 */

export interface Term {
  /** A field's name, `payload.<path>`, or `text` for a bare word. */
  readonly field: string;
  readonly operator: ":" | ">" | "<" | ">=" | "<=";
  readonly values: readonly string[];
  readonly isNegated: boolean;
}

export const STATUSES = ["pending", "claimed", "in_progress", "done", "failed"] as const;

/** What may stand before the colon, and what it looks at. */
export const FIELDS: Readonly<Record<string, string>> = {
  status: "pending, claimed, in_progress, done, failed",
  worker: "worker id; none for nobody",
  is: "stale, open-gates, exhausted, retryable, orphan",
  priority: "number; >5 and <5 too",
  retries: "number of retries spent",
  parent: "id of the parent task; none for roots",
  source: "who made the task",
  error: "words in last_error",
  id: "start of the id",
  "payload.": "value at a path in the payload, payload.url:example",
};

const TOKEN = /(-?)(?:([A-Za-z_]+(?:\.[^\s:"]+)?):(>=|<=|>|<)?)?("(?:[^"\\]|\\.)*"?|[^\s"]*)/y;

export function parseFilter(text: string): Term[] {
  const terms: Term[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    if (/\s/.test(text[TOKEN.lastIndex]!)) {
      TOKEN.lastIndex++;
      continue;
    }
    const start = TOKEN.lastIndex;
    const [, minus = "", field, operator, value = ""] = TOKEN.exec(text) ?? [];
    if (TOKEN.lastIndex <= start) {
      TOKEN.lastIndex = start + 1;
      continue;
    }
    const isQuoted = value.startsWith("\"");
    const plain = isQuoted ? value.replace(/^"|"$/g, "").replaceAll(/\\(.)/g, "$1") : value;
    if (field === undefined && plain === "") continue;
    terms.push({
      field: (field ?? "text").replace(/^[^.]*/, (name) => name.toLowerCase()),
      operator: (operator ?? ":") as Term["operator"],
      values: isQuoted ? [plain] : plain.split(",").filter((each) => each !== "" || field === undefined),
      isNegated: minus === "-",
    });
  }
  return terms.filter((term) => term.values.length > 0);
}

/** A value as it must be written to be read as one. */
export function quoted(value: string): string {
  return /^[^\s",]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** The filter with this field set to one value, or without it. */
export function withField(text: string, field: string, value: string | undefined): string {
  const kept = text.split(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/).filter((word) => word !== "" && !word.toLowerCase().startsWith(`${field}:`));
  return [...kept, ...(value === undefined ? [] : [`${field}:${quoted(value)}`])].join(" ");
}
