import type { JSX } from "preact";
import { isHelpOpen, nextTheme } from "../page/keys.ts";
import { isLive, pickFiles, refresh } from "../page/refresh.ts";
import { go, linkTo, route } from "../page/router.ts";
import { asOfWhat, changes, colonies, describe, info, isBusy, open, origin, reportedAt } from "../page/session.ts";
import { refreshSeconds, theme } from "../page/settings.ts";
import type { SidecarState } from "../shared/protocol.ts";
import { utc } from "../shared/time.ts";
import { size } from "../shared/words.ts";
import { Ago } from "../ui/bits.tsx";
import { Hexagon, Icon } from "../ui/icons.tsx";
import { isMenuOpen } from "./side-nav.tsx";

/** A served database tells when it has changed; files have to be looked at. */
function intervals(): [seconds: number, name: string][] {
  if (origin.value?.from === "url") return [[0, "paused"], [refreshSeconds.value || 5, "live"]];
  return [[0, "paused"], ...[2, 5, 15, 60].map((seconds): [number, string] => [seconds, `every ${seconds} s`])];
}

export function TopBar(): JSX.Element {
  const now = info.value;
  const found = changes.value === undefined ? "" : describe(changes.value);
  return (
    <header class="top">
      {now === undefined ? null : (
        <button type="button" class="icon menu-button" aria-label="Views" aria-expanded={isMenuOpen.value} aria-controls="menu" onClick={() => (isMenuOpen.value = !isMenuOpen.value)}><Icon name="menu" /></button>
      )}
      <div class="brand"><Hexagon />{now === undefined ? "Colony inspector" : <Name name={now.name} />}</div>
      {now === undefined ? null : (
        <div class="facts grow">
          <Sidecar state={now.sidecar} />
          <span class="nowrap">{size(now.size)}</span>
          {now.lastWrite === null ? null : <span class="nowrap">last write {asOfWhat.value === "now" ? <Ago time={now.lastWrite} /> : utc(now.lastWrite)}</span>}
          <Moments />
          {found === "" ? null : <span class="badge good">{found}</span>}
        </div>
      )}
      <div class="row tight controls">
        {now === undefined ? null : <Controls />}
        <button type="button" class="quiet icon" aria-label={`Theme: ${theme.value}`} title={`Theme: ${theme.value}`} onClick={nextTheme}><Icon name="theme" /></button>
        <button type="button" class="quiet icon" aria-label="Keys and states" title="Keys and states" onClick={() => (isHelpOpen.value = true)}><Icon name="help" /></button>
      </div>
      {isBusy.value ? <span class="strip" /> : null}
    </header>
  );
}

function Name({ name }: { name: string }): JSX.Element {
  const all = colonies.value;
  if (all.length < 2) return <span class="cut">{name}</span>;
  return (
    <select aria-label="Colony" value={name} onChange={(event) => {
      const next = all.find((each) => each.name === event.currentTarget.value);
      if (next !== undefined) void open({ from: "picked", picked: next });
    }}>{all.map((each) => <option key={each.name} value={each.name}>{each.name}</option>)}</select>
  );
}

/** What ages are counted from, and how often the page looks by itself. */
function Moments(): JSX.Element {
  return (
    <>
      <select class="quiet" aria-label="Ages are counted from" value={asOfWhat.value} onChange={(event) => (asOfWhat.value = event.currentTarget.value as typeof asOfWhat.value)}>
        <option value="now">as of now</option>
        <option value="write">as of the last write</option>
        {reportedAt === undefined ? null : <option value="report">as of the report</option>}
      </select>
      {isLive.value ? (
        <select class="quiet" aria-label="Look again" value={refreshSeconds.value} onChange={(event) => (refreshSeconds.value = Number(event.currentTarget.value))}>
          {intervals().map(([seconds, name]) => <option key={seconds} value={seconds}>{name}</option>)}
        </select>
      ) : null}
    </>
  );
}

function Controls(): JSX.Element {
  return (
    <>
      <button type="button" onClick={() => void refresh()} disabled={isBusy.value} title="Look again (Shift+R)"><Icon name="refresh" /><span class="wide-word">{isLive.value ? "Refresh" : "Pick again"}</span></button>
      <button type="button" class="quiet" onClick={() => (route.value.view === "open" ? pickFiles(false) : go(linkTo("open")))}>Open…</button>
    </>
  );
}

const LOOKS: Record<SidecarState["kind"], { word: string; look: string }> = {
  rollback: { word: "rollback journal", look: "" },
  "wal-merged": { word: "-wal merged", look: "good" },
  "wal-missing": { word: "-wal missing: newest commits may be missing", look: "warning" },
  "wal-damaged": { word: "-wal stale or torn", look: "warning" },
  "journal-rolled-back": { word: "hot journal rolled back", look: "good" },
};

function Sidecar({ state }: { state: SidecarState }): JSX.Element {
  const { word, look } = LOOKS[state.kind];
  return <span class={`badge ${look}`} title={state.text}>{look === "warning" ? <Icon name="warning" size={13} /> : null}{word}</span>;
}
