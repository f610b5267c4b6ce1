/** What errors have in common: their text without the parts that differ from one occurrence to the next. */

/** The signature of a task that failed without a word. */
export const NO_ERROR = "(no error recorded)";

/** Characters of an error that make its signature, and of the signature itself. */
export const ERROR_CHARACTERS = 400;
const SIGNATURE_CHARACTERS = 160;

const COLLAPSED: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>)\]]+/gi, "<url>"],
  // An apostrophe inside a word opens no quotation.
  [/"[^"\n]*"|`[^`\n]*`|(?<!\w)'[^'\n]*'(?!\w)/g, '"…"'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b(?:0x[0-9a-f]+|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,})\b/gi, "<id>"],
  // A path begins at a boundary: "and/or" is none.
  [/(?<![\w<])(?:[a-z]:|~|\.{1,2})?(?:[\\/][\w.@%+~-]+)+[\\/]?/gi, "<path>"],
  [/\d+(?:[.,:]\d+)*/g, "<n>"],
];

/**
 * An error with its digits, ids, paths, URLs and quoted texts collapsed, on one
 * line of at most 160 characters: `HTTP <n> at <url> after <n> ms`. Of a Python
 * traceback the last line, of anything else the first.
 */
export function errorSignature(error: string | null): string {
  const lines = (error ?? "").split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== "");
  const line = isTraceback(lines) ? lines.at(-1) : lines[0];
  if (line === undefined) return NO_ERROR;
  const collapsed = COLLAPSED.reduce((text, [pattern, word]) => text.replace(pattern, word), line.slice(0, ERROR_CHARACTERS));
  const signature = collapsed.replace(/\s+/g, " ");
  return signature.length <= SIGNATURE_CHARACTERS ? signature : `${signature.slice(0, SIGNATURE_CHARACTERS - 1)}…`;
}

/** As SQL: as much of `last_error` as the signature needs, from its end when it is a traceback. */
export const TELLING_ERROR: string = `CASE WHEN last_error GLOB 'Traceback (most recent call last)*'
  THEN 'Traceback' || char(10) || substr(last_error, -${ERROR_CHARACTERS}) ELSE substr(last_error, 1, ${ERROR_CHARACTERS * 2}) END`;

function isTraceback(lines: readonly string[]): boolean {
  return lines[0]?.startsWith("Traceback") === true;
}
