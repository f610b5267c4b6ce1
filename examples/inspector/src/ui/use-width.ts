import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** An element's width in pixels, as it changes. */
export function useWidth(element: RefObject<HTMLElement | null>, first = 800): number {
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    setWidth(measured.clientWidth);
    const observer = new ResizeObserver(() => setWidth(measured.clientWidth));
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return width;
}
