import { computed, signal } from "@preact/signals";

/** Routes live in the hash, so that deep links work from `file://` too: `#/tasks?q=status:failed&sort=-updated`. */

export interface Route {
  view: string;
  /** What comes after the view: a task's or a worker's id, a table's name. */
  id: string | undefined;
  query: URLSearchParams;
}

const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

export const route = computed<Route>(() => parse(hash.value));

function parse(text: string): Route {
  const [path = "", query = ""] = text.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [view = "", ...rest] = path.split("/");
  return { view: view === "" ? "overview" : view, id: rest.length === 0 ? undefined : decoded(rest.join("/")), query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Typed by hand, with a stray %.
  }
}

export function linkTo(view: string, id?: string, query: Record<string, string | undefined> = {}): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "");
  const search = new URLSearchParams(kept).toString();
  return `#/${view}${id === undefined ? "" : `/${encodeURIComponent(id)}`}${search === "" ? "" : `?${search}`}`;
}

/** A step that back undoes. */
export function go(link: string): void {
  location.hash = link;
}

/** Changes the link in place, as for every keystroke in a filter. */
export function replace(link: string): void {
  history.replaceState(null, "", link);
  hash.value = link;
}

/** This view's link with other parameters; an empty value takes one out. */
export function withQuery(changes: Record<string, string | undefined>): string {
  const { view, id, query } = route.value;
  return linkTo(view, id, { ...Object.fromEntries(query), ...changes });
}
