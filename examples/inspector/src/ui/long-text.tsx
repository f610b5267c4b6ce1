import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { download } from "../page/downloads.ts";
import { client } from "../page/session.ts";
import { number } from "../shared/words.ts";

/** Characters fetched by "show more", and shown at most: a browser lays out no 5 MB of text in a moment. */
const MORE = 50_000;
const MOST = 200_000;

interface LongTextProps {
  class: string;
  /** The row and the column the text is from, to fetch the rest. */
  table: string;
  id: string;
  column: string;
  text: string;
  /** What it really has, characters, if it was cut. */
  length: number | undefined;
  heading?: 1 | 2 | undefined;
}

/** A text that agents wrote: shown as text, from its own direction, cut where it is too long, with what was cut said. */
export function LongText({ class: className, table, id, column, text, length, heading }: LongTextProps): JSX.Element {
  const [more, setMore] = useState("");
  const shown = text + more;
  const isBlock = className.startsWith("text-block");
  return (
    <div>
      <div class={className} dir="auto" tabIndex={isBlock ? 0 : undefined} role={heading !== undefined ? "heading" : isBlock ? "group" : undefined} aria-level={heading} aria-label={isBlock ? column : undefined}>{shown}</div>
      {length === undefined || shown.length >= length ? null : (
        <div class="row muted">
          <span>Shown: {number(shown.length)} of {number(length)} characters</span>
          {shown.length >= MOST ? null : (
            <button type="button" onClick={() => void client.call("text", table, column, id, shown.length, MORE).then(({ text: next }) => setMore(more + next))}>Show more</button>
          )}
          <button type="button" onClick={() => void client.call("text", table, column, id, 0, length).then(({ text: all }) => download(new Blob([all]), `${column}.txt`))}>Save all</button>
        </div>
      )}
    </div>
  );
}
