import type { JSX } from "preact";
import { statusWord } from "../shared/words.ts";

/** A status is a shape and a word; its colour only helps. */

const KNOWN = new Set(["pending", "claimed", "in_progress", "done", "failed", "skipped"]);

export function statusClass(status: string): string {
  return KNOWN.has(status) ? status : "other";
}

const SHAPES: Record<string, JSX.Element> = {
  pending: <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.6" />,
  claimed: <><circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.6" /><path d="M7 4v3.2l2.2 1.3" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" /></>,
  in_progress: <><circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.6" /><path d="M7 2a5 5 0 0 1 0 10z" fill="currentColor" /></>,
  done: <><circle cx="7" cy="7" r="5.8" fill="currentColor" /><path d="m4.3 7.2 1.9 1.9 3.5-4" fill="none" stroke="var(--surface)" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" /></>,
  failed: <><path d="M4.4 1.2h5.2l3.2 3.2v5.2l-3.2 3.2H4.4L1.2 9.6V4.4z" fill="currentColor" /><path d="m5 5 4 4m0-4-4 4" fill="none" stroke="var(--surface)" stroke-width="1.6" stroke-linecap="round" /></>,
  skipped: <path d="M3 3.5 7 7l-4 3.5zm4.5 0 4 3.5-4 3.5z" fill="currentColor" />,
  other: <path d="M7 1.5 12.5 7 7 12.5 1.5 7z" fill="none" stroke="currentColor" stroke-width="1.6" />,
};

export function StatusMark({ status }: { status: string }): JSX.Element {
  const name = statusClass(status);
  return <svg class={`s-${name}`} width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{SHAPES[name]}</svg>;
}

export function Status({ status }: { status: string }): JSX.Element {
  return <span class="status"><StatusMark status={status} />{statusWord(status)}</span>;
}
