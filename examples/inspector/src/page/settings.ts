import { effect, signal, type Signal } from "@preact/signals";

/** What a person chose, kept in this browser. */

export interface SavedView {
  name: string;
  link: string;
}

export const theme: Signal<"auto" | "light" | "dark"> = setting("theme", "auto");
/** Single-letter keys can be switched off (WCAG 2.1.4). */
export const hasKeys: Signal<boolean> = setting("keys", true);
/** Seconds between two looks at the files; 0 is never. */
export const refreshSeconds: Signal<number> = setting("refresh", 5);
export const staleMinutes: Signal<number> = setting("stale", 15);
/** Minutes that charts look back on; `null` is the whole time. */
export const rangeMinutes: Signal<number | null> = signal(null);
export const columns: Signal<string[]> = setting("columns", []);
export const savedViews: Signal<SavedView[]> = setting("views", []);
export const sqlHistory: Signal<string[]> = setting("sql", []);
export const csvBom: Signal<boolean> = setting("bom", false);

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

function setting<T>(name: string, initial: T): Signal<T> {
  const key = `colony-inspector.${name}`;
  const value = signal(read(key, initial));
  effect(() => write(key, value.value));
  return value;
}

function read<T>(key: string, initial: T): T {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
    return typeof stored === typeof initial && Array.isArray(stored) === Array.isArray(initial) && stored !== null ? stored : initial;
  } catch {
    return initial; // No storage here, or somebody else's words in it.
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may have none: then the choice lasts as long as the page.
  }
}
