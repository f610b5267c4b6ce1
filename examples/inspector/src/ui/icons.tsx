import type { JSX } from "preact";

/** Small pictures for controls; the words beside them, or their labels, say what they mean. */

const PATHS: Record<string, string> = {
  warning: "M8 2 14.5 13.5h-13zM8 6.5v3m0 2v.1",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  help: "M6 6a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M8 11.6v.1M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8",
  copy: "M6 6h7v7H6zM3 10V3h7",
  close: "m4 4 8 8m0-8-8 8",
  left: "m10 3-5 5 5 5",
  right: "m6 3 5 5-5 5",
  down: "m3 6 5 5 5-5",
  menu: "M2.5 4h11m-11 4h11m-11 4h11",
  lock: "M4 7.5h8V14H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  save: "M8 2v8m0 0L5 7m3 3 3-3M3 13h10",
};

export function Icon({ name, size = 16 }: { name: string; size?: number }): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Hexagon(): JSX.Element {
  return (
    <svg width="20" height="20" viewBox="0 0 16 16" aria-hidden="true">
      <path fill="var(--honey)" d="M8 .6 14.4 4.3v7.4L8 15.4 1.6 11.7V4.3z" />
    </svg>
  );
}
