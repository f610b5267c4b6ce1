/** Ids and errors come from agents: nothing in one may run in the shell it is pasted into. */
export function shellWord(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
