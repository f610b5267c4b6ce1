import type { JSX } from "preact";

/** JSON to unfold. Numbers keep the digits they were written with. */

/** A number as its source text: 2^53 + 1 would not survive as a number. */
class Numeral {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** Entries shown of one object or array; the source text has all. */
const ENTRIES = 500;
const OPEN_DEPTH = 2;
/** Deeper than this is shown as text: each level is a component in a component. */
const DEEPEST = 30;

type Parsed = null | boolean | string | Numeral | Parsed[] | { [key: string]: Parsed };

/** `undefined` for what is no JSON object or array. */
export function parseJson(text: string): Parsed | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    // Browsers hand a reviver the source text of each number.
    const revive = (_key: string, value: unknown, context?: { source?: string }): unknown =>
      typeof value === "number" ? new Numeral(context?.source ?? String(value)) : value;
    return JSON.parse(text, revive) as Parsed;
  } catch {
    return undefined;
  }
}

export function JsonTree({ value }: { value: Parsed }): JSX.Element {
  return <div class="json mono"><Node name={undefined} value={value} depth={0} /></div>;
}

function Node({ name, value, depth }: { name: string | undefined; value: Parsed; depth: number }): JSX.Element {
  const label = name === undefined ? null : <><span class="key">{name}</span>: </>;
  if (value === null || typeof value === "boolean") return <div>{label}<span class="j-word">{String(value)}</span></div>;
  if (value instanceof Numeral) return <div>{label}<span class="j-number">{value.source}</span></div>;
  if (typeof value === "string") return <div>{label}<bdi class="j-string">{JSON.stringify(value)}</bdi></div>;
  if (depth > DEEPEST) return <div>{label}<bdi>{sourceOf(value)}</bdi></div>;
  const isList = Array.isArray(value);
  const entries: [string, Parsed][] = isList ? value.map((each, index) => [String(index), each]) : Object.entries(value);
  const brackets = isList ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) return <div>{label}{isList ? "[]" : "{}"}</div>;
  return (
    <details open={depth < OPEN_DEPTH}>
      <summary>{label}<span class="muted">{brackets}</span></summary>
      <div class="inside">
        {entries.slice(0, ENTRIES).map(([key, each]) => <Node key={key} name={key} value={each} depth={depth + 1} />)}
        {entries.length > ENTRIES ? <div class="muted">… {entries.length - ENTRIES} more: see the source text</div> : null}
      </div>
    </details>
  );
}

function sourceOf(value: Parsed): string {
  return JSON.stringify(value, (_key, each: unknown) => (each instanceof Numeral ? each.source : each));
}
