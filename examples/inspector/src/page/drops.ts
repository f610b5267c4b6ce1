import { fromDrop, pair } from "./picking.ts";
import { take } from "./refresh.ts";
import { info } from "./session.ts";

/** Files may be dropped anywhere. */
export function listenForDrops(): void {
  const mark = (isOver: boolean): void => void document.body.classList.toggle("dragging", isOver);
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  addEventListener("drop", (event) => {
    if (event.dataTransfer === null) return;
    event.preventDefault();
    mark(false);
    const files = fromDrop(event.dataTransfer);
    void take(async () => pair(await files), info.value !== undefined);
  });
}
