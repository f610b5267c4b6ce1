import type { JSX } from "preact";
import { refresh } from "../page/refresh.ts";
import { asOf, asOfWhat, info } from "../page/session.ts";
import { Ago } from "../ui/bits.tsx";
import { Icon } from "../ui/icons.tsx";

const OLD_MS = 86_400_000;

/** What is not as it seems: commits that may be missing, and ages that count from long ago. */
export function SidecarBanner(): JSX.Element {
  const now = info.value;
  const isIncomplete = now?.sidecar.kind === "wal-missing" || now?.sidecar.kind === "wal-damaged";
  const last = now?.lastWrite ?? null;
  const isOld = asOfWhat.value === "now" && last !== null && last < asOf.value - OLD_MS;
  return (
    <>
      {now === undefined || !isIncomplete ? null : (
        <div class="banner warning"><Icon name="warning" /><span class="grow">{now.sidecar.text}</span><button type="button" onClick={() => void refresh()}>Pick again</button></div>
      )}
      {now?.isNewer !== true ? null : (
        <div class="banner warning"><Icon name="warning" /><span class="grow">The database has schema version {now.userVersion}, which is newer than this page: what it does not know is in the raw tables.</span></div>
      )}
      {!isOld ? null : (
        <div class="banner"><span class="grow">The last write was <Ago time={last} />, so every claim looks stale.</span><button type="button" onClick={() => (asOfWhat.value = "write")}>Count ages from then</button></div>
      )}
    </>
  );
}
