/** A database's name as SQLite takes it: a path, or a URI (sqlite.org/uri.html). */
export interface DatabaseName {
  readonly path: string;
  readonly mode: "ro" | "rw" | "rwc";
}

/** A name that SQLite would refuse too. */
export class BadName extends Error {
  constructor(name: string, problem: string) {
    super(`unable to open database "${name}": ${problem}`);
  }
}

const MODES: ReadonlySet<string> = new Set(["ro", "rw", "rwc", "memory"]);

/** Parameters that ask for what we do not do are ignored, as SQLite ignores those it does not know. Throws BadName. */
export function parseUri(name: string): DatabaseName {
  if (!name.startsWith("file:")) return { path: name, mode: "rwc" };
  const [, authority, path = "", query = ""] = /^file:(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(name) ?? [];
  if (authority !== undefined && authority !== "" && authority !== "localhost") throw new BadName(name, `invalid uri authority: ${authority}`);
  const parameters = new URLSearchParams(query.replaceAll("+", "%2B")); // A plus is a plus here.
  const vfs = parameters.get("vfs");
  if (vfs !== null && vfs !== "unix-dotfile") throw new BadName(name, `no such vfs: ${vfs}`);
  const mode = parameters.get("mode") ?? "rwc";
  if (!MODES.has(mode)) throw new BadName(name, `no such access mode: ${mode}`);
  const file = decode(path);
  if (mode === "memory" || file === "" || file === ":memory:") return { path: ":memory:", mode: "rwc" };
  return { path: file, mode: mode as DatabaseName["mode"] };
}

/** A `%` without two digits stands for itself. */
function decode(path: string): string {
  return decodeURIComponent(path.replaceAll(/%(?![0-9a-fA-F]{2})/g, "%25"));
}
