/** What the file says about the database to start with: see the boot contract in README.md. */
export type Boot =
  | { from: "pick" }
  | { from: "embedded"; name: string; asOf: string }
  | { from: "url"; name: string; db: string; events: string };

export function readBoot(): Boot {
  try {
    return JSON.parse(textOf("boot")) as Boot;
  } catch {
    return { from: "pick" };
  }
}

/** The database in one of the file's own data blocks: gzip in base64. `undefined` when the block is empty. */
export async function embeddedDatabase(element: "data" | "sample"): Promise<Blob | undefined> {
  const base64 = textOf(element).trim();
  if (base64 === "") return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).blob();
}

export function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? "";
}
