import { parseTree, type Node } from "jsonc-parser";

/** Edits a worker config's text in place, so that nothing but the wanted keys changes. */

const BOM = "\uFEFF";
const INPUT = "input_data";

/**
 * The config's text with the wanted keys in `input_data`; the same text when they
 * are there, or when it is no worker config. Throws when it is not JSON.
 */
export function patchConfig(text: string, wanted: Readonly<Record<string, string>>): string {
  const bom = text.startsWith(BOM) ? BOM : "";
  let json = text.slice(bom.length);
  const config: unknown = JSON.parse(json); // Strict, unlike the editor's parser below.
  if (!isObject(config) || !("system_prompt" in config)) return text;
  if (!isObject(config[INPUT])) json = set(json, [], INPUT, wanted);
  for (const [key, value] of Object.entries(wanted)) {
    const input = (JSON.parse(json) as Record<string, Record<string, unknown>>)[INPUT];
    if (input?.[key] !== value) json = set(json, [INPUT], key, value);
  }
  return bom + json;
}

/** Sets a key of the object at `path`: replaces its value, or adds it last, laid out as its neighbour is. */
function set(json: string, path: readonly string[], key: string, value: unknown): string {
  const object = nodeAt(json, path);
  const layout = layoutOf(json, object);
  const existing = lastProperty(object, key)?.children?.[1];
  if (existing !== undefined) return splice(json, existing.offset, existing.length, layout.format(value));

  const member = `${JSON.stringify(key)}${layout.colon}${layout.format(value)}`;
  const last = object.children?.at(-1);
  if (last !== undefined) return splice(json, last.offset + last.length, 0, `,${layout.before}${member}`);
  return splice(json, object.offset, object.length, `{${member}}`);
}

interface Layout {
  /** White space before a member. */
  readonly before: string;
  /** What stands between key and value. */
  readonly colon: string;
  format(value: unknown): string;
}

/** How an object is laid out: as its last member shows. */
function layoutOf(json: string, object: Node): Layout {
  const last = object.children?.at(-1);
  const [key, value] = last?.children ?? [];
  const before = last === undefined ? "" : spaceBefore(json, last.offset);
  const colon = key === undefined || value === undefined ? ": " : json.slice(key.offset + key.length, value.offset);
  const isMultiline = before.includes("\n");
  const indent = before.slice(before.lastIndexOf("\n") + 1);
  const eol = before.includes("\r\n") ? "\r\n" : "\n";
  return {
    before,
    colon,
    format(inner) {
      if (typeof inner !== "object" || inner === null) return JSON.stringify(inner);
      const members = Object.entries(inner).map(([name, text]) => `${JSON.stringify(name)}${colon}${JSON.stringify(text)}`);
      if (!isMultiline) return `{${members.join(`,${before}`)}}`;
      const step = indent.startsWith("\t") ? "\t" : indent;
      return `{${members.map((member) => `${eol}${indent}${step}${member}`).join(",")}${eol}${indent}}`;
    },
  };
}

function spaceBefore(json: string, offset: number): string {
  return /[ \t\r\n]*$/.exec(json.slice(0, offset))?.[0] ?? "";
}

/** The object at a path of keys. Where a key stands twice the last one counts, as in every JSON parser. */
function nodeAt(json: string, path: readonly string[]): Node {
  let node = parseTree(json);
  for (const key of path) node = node && lastProperty(node, key)?.children?.[1];
  if (node?.type !== "object") throw new Error(`no object at ${path.join(".")}`);
  return node;
}

function lastProperty(object: Node, key: string): Node | undefined {
  return object.children?.findLast((property) => property.children?.[0]?.value === key);
}

function splice(text: string, at: number, length: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at + length);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
