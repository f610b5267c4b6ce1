/** Which rows of a long table are in sight. Rows have one height, so it is arithmetic. */

export const ROW_HEIGHT = 32;
/** Browsers cap an element's height (Firefox near 17 million pixels); above this, scrolling is scaled. */
export const TALLEST = 10_000_000;
/** Rows drawn above and below what is in sight. */
const OVERSCAN = 12;

export interface Window {
  from: number;
  to: number;
  /** Pixels of empty space above and below the drawn rows. */
  above: number;
  below: number;
}

export function windowOf(count: number, scrollTop: number, viewport: number): Window {
  const full = count * ROW_HEIGHT;
  const shown = Math.ceil(viewport / ROW_HEIGHT) + 1;
  if (full <= TALLEST) {
    const first = Math.floor(scrollTop / ROW_HEIGHT);
    const from = Math.max(0, Math.min(count, first - OVERSCAN));
    const to = Math.min(count, first + shown + OVERSCAN);
    return { from, to, above: from * ROW_HEIGHT, below: full - to * ROW_HEIGHT };
  }
  const part = Math.min(1, scrollTop / (TALLEST - viewport));
  const from = Math.max(0, Math.min(count - shown, Math.round(part * (count - shown + 1))));
  const to = Math.min(count, from + shown);
  const above = Math.min(scrollTop, TALLEST - (to - from) * ROW_HEIGHT);
  return { from, to, above, below: Math.max(0, TALLEST - above - (to - from) * ROW_HEIGHT) };
}

/** Where to scroll so that a row is in sight; `undefined` when it is. */
export function scrollFor(index: number, count: number, scrollTop: number, viewport: number, header: number): number | undefined {
  const full = count * ROW_HEIGHT;
  const room = viewport - header;
  if (full > TALLEST) {
    const seen = windowOf(count, scrollTop, viewport);
    if (index >= seen.from && index < seen.to - 2) return undefined;
    return (index / (count - Math.ceil(viewport / ROW_HEIGHT))) * (TALLEST - viewport);
  }
  const top = index * ROW_HEIGHT;
  if (top < scrollTop) return top;
  if (top + ROW_HEIGHT > scrollTop + room) return top + ROW_HEIGHT - room;
  return undefined;
}
