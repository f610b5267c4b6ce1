import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useRemote } from "../page/remote.ts";
import { FIELDS, STATUSES } from "../shared/filter.ts";

/** The filter's input, with suggestions for the word that is being written. */

/** Waits for a pause in the typing, milliseconds. */
const DEBOUNCE = 120;

const VALUES: Record<string, readonly string[]> = {
  status: STATUSES,
  is: ["stale", "open-gates", "exhausted", "retryable", "orphan"],
  worker: ["none"],
  parent: ["none"],
  error: ["none"],
};

export function FilterBar({ value, onFilter }: { value: string; onFilter: (filter: string) => void }): JSX.Element {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [hasFocus, setFocus] = useState(false);
  // Asked for when somebody is about to write: it reads all tasks.
  const { data: workers = [] } = useRemote("workerIds", hasFocus ? [] : null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (document.activeElement !== input.current) setText(value);
  }, [value]);

  const change = (next: string, wait: number): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onFilter(next.trim()), wait);
  };
  const word = /\S*$/.exec(text)?.[0] ?? "";
  const suggestions = hasFocus ? suggest(word, workers) : [];
  return (
    <div class="stack filter-bar">
      <div class="filter">
        <input ref={input} type="search" data-filter aria-label="Filter" aria-describedby={`${id}-hint`} spellcheck={false} autocomplete="off"
          placeholder="status:failed worker:w-3 payload.url:x &quot;text&quot;" value={text}
          onInput={(event) => change(event.currentTarget.value, DEBOUNCE)} onFocus={() => setFocus(true)}
          onKeyDown={(event) => {
            if (event.key === "Enter") change(text, 0);
          }} />
        <span id={`${id}-hint`} class="visually-hidden">Fields: {Object.keys(FIELDS).join(", ")}</span>
      </div>
      {suggestions.length === 0 ? null : (
        <div class="suggestions" role="group" aria-label="Suggestions">
          {suggestions.map(({ label, completed, title }) => (
            <button type="button" key={label} class="quiet" title={title} onClick={() => {
              const isDone = !completed.endsWith(":") && !completed.endsWith(".");
              change(`${text.slice(0, text.length - word.length)}${completed}${isDone ? " " : ""}`, 0);
              input.current?.focus();
            }}><code>{label}</code></button>
          ))}
          <button type="button" class="quiet muted" onClick={() => setFocus(false)}>hide</button>
        </div>
      )}
    </div>
  );
}

function suggest(word: string, workers: readonly string[]): { label: string; completed: string; title: string }[] {
  const [, minus = "", field = "", value] = /^(-?)([^:]*)(?::(.*))?$/.exec(word) ?? [];
  if (value === undefined) {
    return Object.entries(FIELDS).filter(([name]) => name.startsWith(field)).map(([name, title]) => {
      const completed = minus + name + (name.endsWith(".") ? "" : ":");
      return { label: completed, completed, title };
    });
  }
  const values = field === "worker" ? [...workers, "none"] : (VALUES[field] ?? []);
  const last = value.split(",").at(-1) ?? "";
  const before = word.slice(0, word.length - last.length);
  return values.filter((each) => each.startsWith(last) && each !== last).slice(0, 12)
    .map((each) => ({ label: each, completed: before + each, title: FIELDS[field] ?? "" }));
}
