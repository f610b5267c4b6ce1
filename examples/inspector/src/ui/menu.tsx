import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

/** A button with a sheet below it. Escape, a click elsewhere and leaving it with Tab close it. */
export function Menu({ label, children }: { label: string; children: (close: () => void) => ComponentChildren }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", leave);
    addEventListener("focusin", leave);
    return () => {
      removeEventListener("pointerdown", leave);
      removeEventListener("focusin", leave);
    };
  }, [isOpen]);
  return (
    <div class="popover" ref={box} onKeyDown={(event) => {
      if (event.key !== "Escape" || !isOpen) return;
      event.preventDefault();
      setOpen(false);
      button.current?.focus();
    }}>
      <button ref={button} type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{label}<Icon name="down" size={12} /></button>
      {isOpen ? <div class="sheet">{children(() => setOpen(false))}</div> : null}
    </div>
  );
}
