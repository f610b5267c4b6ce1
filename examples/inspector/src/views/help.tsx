import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { textOf } from "../page/boot.ts";
import { isHelpOpen, KEYS } from "../page/keys.ts";
import { hasKeys } from "../page/settings.ts";
import { Icon } from "../ui/icons.tsx";
import { Status } from "../ui/status.tsx";

const STATES: readonly [status: string, means: string][] = [
  ["pending", "waits for a worker"],
  ["claimed", "a worker holds it, and has not begun"],
  ["in_progress", "a worker holds it, and works on it"],
  ["done", "closed; its required gates were met"],
  ["failed", "closed with an error, or its retries were spent"],
];

export function HelpDialog(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal();
  }, [isHelpOpen.value]);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={() => (isHelpOpen.value = false)} onClick={(event) => {
      if (event.target === dialog.current) dialog.current?.close();
    }}>
      {isHelpOpen.value ? (
        <div class="stack">
          <header class="row spread">
            <h2 id="help-title">Keys and states</h2>
            <button type="button" class="quiet icon" aria-label="Close" onClick={() => dialog.current?.close()}><Icon name="close" /></button>
          </header>
          <ul class="keys">{KEYS.map(({ keys, does }) => <li key={keys}><span>{does}</span><span>{keys.split(" ").map((key) => <><kbd>{key}</kbd> </>)}</span></li>)}</ul>
          <label class="check"><input type="checkbox" checked={hasKeys.value} onChange={(event) => (hasKeys.value = event.currentTarget.checked)} /> Single keys</label>
          <dl class="pairs">{STATES.map(([status, means]) => <><dt><Status status={status} /></dt><dd>{means}</dd></>)}</dl>
          <p class="muted">A claim is <b>stale</b> when its worker gave no sign of life for 15 minutes. A <b>gate</b> is an SOP item; while a required one is open, its task should not be done. Nothing you do here changes the files.</p>
          <details><summary>Licences of what this page is made of</summary><pre class="text-block" tabIndex={0}>{textOf("licences")}</pre></details>
        </div>
      ) : null}
    </dialog>
  );
}
