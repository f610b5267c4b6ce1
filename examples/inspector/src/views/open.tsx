import type { JSX } from "preact";
import { pickFiles } from "../page/refresh.ts";
import { go, linkTo, route } from "../page/router.ts";
import { boot, info, open, openFailure, opening } from "../page/session.ts";
import { textOf } from "../page/boot.ts";
import { FailureNote } from "../ui/bits.tsx";

/** Where to begin: drop or pick a database, or look at the sample. */
export function OpenView(): JSX.Element {
  const { view, id, query } = route.value;
  const target = view === "overview" || view === "open" ? undefined : [view, id ?? query.get("q")].filter(Boolean).join(" ").slice(0, 100);
  const colony = query.get("colony");
  const hasSample = textOf("sample").trim() !== "";
  return (
    <div class="welcome">
      <div class="stack">
        <h1>Colony inspector</h1>
        <p class="muted">How far a Hive colony is, how fast, what is stuck, what failed and why, who works on what, and with which evidence.</p>
      </div>
      {target === undefined ? null : (
        <div class="banner"><span>This link leads to <b>{target}</b>{colony === null ? "" : <> of colony <b>{colony}</b></>}. Pick that colony’s database, and it opens there.</span></div>
      )}
      {openFailure.value === undefined ? null : <FailureNote failure={openFailure.value} />}
      {opening.value !== undefined ? <p class="drop" aria-busy="true">Opening {opening.value}…</p> : (
        <div class="drop">
          <p><b>Drop <code>progress.db</code> here, with its <code>-wal</code> if it has one</b></p>
          <div class="row">
            <button type="button" class="primary" onClick={() => pickFiles(false)}>Pick files</button>
            <button type="button" onClick={() => pickFiles(false, true)}>Pick a folder</button>
            {hasSample ? <button type="button" onClick={() => void openSample()}>Sample colony</button> : null}
          </div>
          <p class="muted">Pick <code>progress.db</code> and <code>progress.db-wal</code> together: the newest commits may be only in the latter.<br />A folder may hold several colonies. Any SQLite database opens; without a ledger you get its tables and SQL.</p>
        </div>
      )}
      <p class="muted">Nothing leaves this machine: the page may not connect to anything{boot.from === "url" ? " but the program that serves it" : ""}. Your files are read, page by page, and never changed.</p>
      {info.value === undefined ? null : <p><a href={linkTo("overview")}>Back to {info.value.name}</a></p>}
    </div>
  );
}

async function openSample(): Promise<void> {
  await open({ from: "embedded", element: "sample", name: "licences (sample)" });
  if (route.value.view === "open") go(linkTo("overview"));
}
