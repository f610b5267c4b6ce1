import { signal } from "@preact/signals";

/** What the one polite live region says. */
export const announcement = signal("");

export function announce(text: string): void {
  // The same words twice are announced twice only if something differs.
  announcement.value = announcement.value === text ? `${text}\u00A0` : text;
}

/** A short note at the edge of the page, for those who see it. */
export const note = signal<string | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string): void {
  announce(text);
  note.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => (note.value = undefined), 6000);
}
