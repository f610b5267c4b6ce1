import type { ComponentChildren, JSX } from "preact";
import { tell } from "../page/announce.ts";
import type { WorkerFailure } from "../page/client.ts";
import { agesFrom } from "../page/session.ts";
import { ago, parseTime, utc } from "../shared/time.ts";
import { number, percent, plural } from "../shared/words.ts";
import { Icon } from "./icons.tsx";
import { statusClass } from "./status.tsx";

/** A time as its age, with the instant in full for who points at it or listens. Text that is no time is shown as it is. */
export function Ago({ time }: { time: string | number | null | undefined }): JSX.Element {
  if (time === null || time === undefined) return <span class="muted">–</span>;
  const ms = typeof time === "number" ? time : parseTime(time);
  if (ms === undefined) return <span>{String(time)}</span>;
  return <time dateTime={new Date(ms).toISOString()} title={utc(ms)}>{ago(ms, agesFrom.value)}</time>;
}

export function CopyButton({ text, what }: { text: string; what: string }): JSX.Element {
  return <button type="button" class="quiet icon" title={`Copy ${what}`} aria-label={`Copy ${what}`} onClick={() => void copy(text, what)}><Icon name="copy" size={14} /></button>;
}

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return tell(`The browser did not let the page copy ${what}: ${text.slice(0, 200)}`);
  }
  tell(`Copied ${what}`);
}

/** A bar of counts by status. */
export function StatusBar({ counts, label, isThin = false }: { counts: Readonly<Record<string, number>>; label: string; isThin?: boolean }): JSX.Element {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const done = counts["done"] ?? 0;
  const order = ["done", "failed", "in_progress", "claimed", "pending", ...Object.keys(counts)];
  const shown = [...new Set(order)].filter((status) => (counts[status] ?? 0) > 0);
  return (
    <div class={isThin ? "bar thin" : "bar"} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={total} aria-valuenow={done}
      aria-valuetext={`${number(done)} of ${number(total)} done, ${percent(done, total)}`}>
      {shown.map((status) => <span key={status} class={`f-${statusClass(status)}`} style={{ flexGrow: counts[status] ?? 0, flexBasis: 0 }} />)}
    </div>
  );
}

/** `3/5`, with a little bar. */
export function Meter({ done, total, what }: { done: number; total: number; what: string }): JSX.Element {
  if (total === 0) return <span class="muted" title={`no ${what}`}>–</span>;
  return (
    <span class="meter" title={`${done} of ${plural(total, what.replace(/s$/, ""))} done`}>
      <span>{done}/{total}</span>
      <span class="bar thin" aria-hidden="true"><span class="f-done" style={{ flexGrow: done, flexBasis: 0, minWidth: done === 0 ? 0 : undefined }} /><span style={{ flexGrow: total - done, flexBasis: 0, minWidth: 0 }} /></span>
    </span>
  );
}

export function FailureNote({ failure }: { failure: WorkerFailure }): JSX.Element {
  return (
    <div class="banner error" role="alert">
      <Icon name="warning" />
      <div class="grow"><b>{failure.message}</b>{failure.hint === "" ? null : <div class="muted">{failure.hint}</div>}</div>
      <code>{failure.code}</code>
    </div>
  );
}

/** A view's parts while its data is on the way, when it could not be had, and then. */
export function Loaded<T>({ remote, children }: { remote: { data: T | undefined; failure: WorkerFailure | undefined }; children: (data: T) => ComponentChildren }): JSX.Element {
  if (remote.failure !== undefined) return <FailureNote failure={remote.failure} />;
  if (remote.data === undefined) return <p class="muted" aria-busy="true">Reading…</p>;
  return <>{children(remote.data)}</>;
}

export function Card({ title, actions, children, id }: { title: string; actions?: ComponentChildren; children: ComponentChildren; id?: string }): JSX.Element {
  return (
    <section class="card" aria-label={title} id={id}>
      <header><h2>{title}</h2>{actions === undefined ? null : <div class="row tight">{actions}</div>}</header>
      {children}
    </section>
  );
}
