import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { STATUSES, withField } from "../shared/filter.ts";
import { currentGrid } from "../ui/grid.tsx";
import { announce } from "./announce.ts";
import { refresh } from "./refresh.ts";
import { go, linkTo, route } from "./router.ts";
import { info } from "./session.ts";
import { hasKeys, theme } from "./settings.ts";
import { VIEWS } from "./views.ts";

/** The keys. Single ones work outside of inputs, and can be switched off. */

export const KEYS: readonly { keys: string; does: string }[] = [
  { keys: "/", does: "filter" },
  { keys: "?", does: "this help" },
  ...VIEWS.map(({ title, key }) => ({ keys: `g ${key}`, does: title })),
  { keys: "j k ↓ ↑", does: "next, previous row" },
  { keys: "Enter", does: "open the row" },
  { keys: "Esc", does: "close, clear" },
  { keys: "[ ]", does: "previous, next task" },
  { keys: "p", does: "parent task" },
  { keys: "e w", does: "expand, collapse" },
  { keys: "1–5", does: "filter by status" },
  { keys: "c", does: "copy the id" },
  { keys: "Shift+R", does: "look again" },
  { keys: "T", does: "theme" },
  { keys: "Ctrl+Enter", does: "run the SQL" },
];

export const isHelpOpen = signal(false);

/** What a part of the page does with a key, while it is in sight. */
export interface ViewKeys {
  previous?: (() => void) | undefined;
  next?: (() => void) | undefined;
  parent?: (() => void) | undefined;
  expand?: (() => void) | undefined;
  collapse?: (() => void) | undefined;
  close?: (() => void) | undefined;
  copy?: (() => void) | undefined;
}

const registered = new Set<ViewKeys>();

export function useViewKeys(keys: ViewKeys): void {
  // Before anything is painted: a key must not meet the view as it was before.
  useLayoutEffect(() => {
    registered.add(keys);
    return () => void registered.delete(keys);
  });
}

function doInView(name: keyof ViewKeys): void {
  [...registered].findLast((keys) => keys[name] !== undefined)?.[name]?.();
}

let afterG: ReturnType<typeof setTimeout> | undefined;

const ACTIONS: Record<string, () => void> = {
  "?": () => (isHelpOpen.value = true),
  "/": focusFilter,
  j: () => currentGrid.value?.move(1),
  k: () => currentGrid.value?.move(-1),
  "[": () => doInView("previous"),
  "]": () => doInView("next"),
  p: () => doInView("parent"),
  e: () => doInView("expand"),
  w: () => doInView("collapse"),
  c: () => doInView("copy"),
  R: () => void refresh(),
  T: nextTheme,
};

export function nextTheme(): void {
  const order = ["auto", "light", "dark"] as const;
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length]!;
  announce(`Theme: ${theme.value}`);
}

export function listenForKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
    const target = event.target as HTMLElement;
    if (event.key === "Escape") return escape(target);
    if (target.matches("input:not([type=checkbox]), textarea, select") || !hasKeys.value) return;
    if (act(event.key, target)) event.preventDefault();
  });
}

function act(key: string, target: HTMLElement): boolean {
  if (afterG !== undefined) {
    clearTimeout(afterG);
    afterG = undefined;
    const found = VIEWS.find((each) => each.key === key.toLowerCase());
    if (found !== undefined) go(linkTo(found.view));
    return found !== undefined;
  }
  if (key === "g") {
    afterG = setTimeout(() => (afterG = undefined), 1500);
    return true;
  }
  if (/^[1-5]$/.test(key) && info.value?.isLedger === true) {
    const filter = route.value.view === "tasks" ? (route.value.query.get("q") ?? "") : "";
    go(linkTo("tasks", undefined, { q: withField(filter, "status", STATUSES[Number(key) - 1]) }));
    return true;
  }
  if (key === "Enter" && target.matches("body, main")) {
    currentGrid.value?.open();
    return currentGrid.value !== undefined;
  }
  const run = ACTIONS[key];
  run?.();
  return run !== undefined;
}

function escape(target: HTMLElement): void {
  if (target.matches("input, textarea, select")) target.blur();
  else doInView("close");
}

function focusFilter(): void {
  const filter = document.querySelector<HTMLInputElement>("[data-filter]");
  if (filter !== null) filter.focus();
  else if (info.value?.isLedger === true) {
    go(linkTo("tasks"));
    setTimeout(() => document.querySelector<HTMLInputElement>("[data-filter]")?.focus(), 100);
  }
}
